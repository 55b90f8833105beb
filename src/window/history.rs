//! How fast a transfer was in the last minute. Knows no egui.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many seconds are remembered.
pub const SECONDS: usize = 60;

/// How fast a transfer was in each of the last seconds.
#[derive(Debug, Default)]
pub struct History {
    began: Option<Instant>,
    /// The second of the newest speed, counted from the beginning.
    second: u64,
    /// Bytes per second, the newest last.
    speeds: VecDeque<f64>,
}

impl History {
    /// Takes in the speed of this moment. Seconds in which nothing was heard stood still.
    pub fn push(&mut self, speed: f64) {
        let now = Instant::now();
        let began = *self.began.get_or_insert(now);
        self.push_at(now.duration_since(began), speed);
    }

    fn push_at(&mut self, since: Duration, speed: f64) {
        let second = since.as_secs();
        match (second.saturating_sub(self.second), self.speeds.back_mut()) {
            (0, Some(newest)) => *newest = speed,
            (gap, _) => {
                let still = gap.saturating_sub(1).min(SECONDS as u64);
                (0..still).for_each(|_| self.speeds.push_back(0.0));
                self.speeds.push_back(speed);
            }
        }
        self.second = second;
        let over = self.speeds.len().saturating_sub(SECONDS);
        self.speeds.drain(..over);
    }

    /// Bytes per second in each second of the last minute, the newest last.
    pub fn speeds(&self) -> impl ExactSizeIterator<Item = f64> + Clone {
        self.speeds.iter().copied()
    }

    /// The fastest of them.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.speeds().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_remembered_and_a_pause_is_seen() {
        let mut history = History::default();
        for (ms, speed) in [(0, 1.0), (900, 2.0), (1100, 3.0), (4000, 4.0)] {
            history.push_at(Duration::from_millis(ms), speed);
        }
        assert_eq!(history.speeds().collect::<Vec<_>>(), [2.0, 3.0, 0.0, 0.0, 4.0]);
        history.push_at(Duration::from_hours(9), 5.0);
        assert_eq!(history.speeds().len(), SECONDS);
        assert!((history.most() - 5.0).abs() < 0.1);
    }
}
