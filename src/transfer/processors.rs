//! Whether the processors of this computer are what a transfer waits for: then nobody else can help.

/// What the processors of this computer have done since it was started, in ticks of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Processors {
    /// All of them together, at work or not.
    all: u64,
    count: u64,
    idle: u64,
    /// For this program.
    ours: u64,
}

impl Processors {
    /// `None` where the system does not tell. Only Linux does (`proc(5)`).
    pub(super) fn now() -> Option<Self> {
        let system = std::fs::read_to_string("/proc/stat").ok()?;
        let process = std::fs::read_to_string("/proc/self/stat").ok()?;
        Self::from_text(&system, &process)
    }

    fn from_text(system: &str, process: &str) -> Option<Self> {
        let mut lines = system.lines();
        let ticks = lines.next()?.strip_prefix("cpu ")?;
        let count = lines.take_while(|line| line.starts_with("cpu")).count();
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two already.
        let ticks: Vec<u64> =
            ticks.split_whitespace().take(8).map_while(|text| text.parse().ok()).collect();
        let idle = ticks.get(3)?.saturating_add(*ticks.get(4)?);
        // Behind the name of the program, which may be any.
        let (_, process) = process.rsplit_once(')')?;
        let mut spent = process.split_whitespace().skip(11).map_while(|text| text.parse().ok());
        let (user, kernel): (u64, u64) = (spent.next()?, spent.next()?);
        let (all, count) = (ticks.iter().sum(), u64::try_from(count).ok()?);
        Some(Self { all, count, idle, ours: user.saturating_add(kernel) })
    }

    /// Whether they had no time left since `before` for as much again as this program has needed. Where it
    /// has used less than half of one, a slow line is what it waits for, whatever others do here.
    pub(super) fn were_spent_since(self, before: Self) -> bool {
        let idle = self.idle.saturating_sub(before.idle);
        let ours = self.ours.saturating_sub(before.ours);
        // As long as one of them can tell.
        let time = self.all.saturating_sub(before.all).checked_div(self.count).unwrap_or(0);
        time > 0 && ours >= time / 2 && idle <= ours
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = "cpu  100 20 30 4000 50 6 7 8 90 10\ncpu0 1 2\ncpu1 1 2\nintr 5\n";
    const PROCESS: &str = "7 (a ) b) R 1 2 3 4 5 6 7 8 9 10 31 11 0 0";

    #[test]
    fn what_linux_tells_is_read() {
        let expected = Processors { all: 4221, count: 2, idle: 4050, ours: 42 };
        assert_eq!(Processors::from_text(SYSTEM, PROCESS), Some(expected));
        for (system, process) in
            [("", PROCESS), ("cpu 1 2", PROCESS), (SYSTEM, "7 (a"), (SYSTEM, "")]
        {
            assert_eq!(Processors::from_text(system, process), None, "{system} {process}");
        }
        assert_eq!(Processors::now().is_some(), cfg!(target_os = "linux"));
    }

    #[test]
    fn they_are_spent_where_none_rests_and_this_program_is_who_needs_them() {
        let before = Processors { all: 1000, count: 2, idle: 500, ours: 70 };
        // 100 ticks long.
        let after = |idle: u64, ours: u64| Processors {
            all: 1200,
            idle: 500 + idle,
            ours: 70 + ours,
            ..before
        };
        assert!(after(0, 50).were_spent_since(before));
        assert!(after(90, 90).were_spent_since(before));
        assert!(!after(91, 90).were_spent_since(before), "there is time for one more");
        assert!(!after(0, 49).were_spent_since(before), "others use them");
        assert!(!before.were_spent_since(before), "it was no time at all");
    }
}
