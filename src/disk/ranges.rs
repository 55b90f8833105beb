//! Which bytes of a file are here: ranges in their order, and the joints between them.

/// Which bytes of a file are here: `[from, to)`, in order.
///
/// Two ranges that touch stay two until somebody has [joined](Ranges::join) them: that they touch does
/// not prove that they belong to one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// As a record tells them.
    pub(super) fn new(ranges: &[(u64, u64)]) -> Self {
        Self(ranges.iter().copied().filter(|(from, to)| from < to).collect())
    }

    pub(super) fn all(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// The bytes from the start that are here without a gap, and belong together.
    pub(super) fn length(&self) -> u64 {
        self.0.first().filter(|range| range.0 == 0).map_or(0, |range| range.1)
    }

    /// The number of bytes that are here.
    pub(super) fn received(&self) -> u64 {
        self.0.iter().map(|(from, to)| to - from).sum()
    }

    /// Where the last of them ends.
    pub(super) fn end(&self) -> u64 {
        self.0.last().map_or(0, |range| range.1)
    }

    /// What is missing, in order. An empty gap is a joint that nobody has compared; the last gap has
    /// no end.
    pub(super) fn gaps(&self) -> Vec<(u64, u64)> {
        let mut gaps = Vec::new();
        let mut at = 0;
        for &(from, to) in &self.0 {
            if from > 0 {
                gaps.push((at, from));
            }
            at = to;
        }
        gaps.push((at, u64::MAX));
        gaps
    }

    /// The bytes `at..at + count` have come, in a gap: after the range that ends there, if one does.
    pub(super) fn grow(&mut self, at: u64, count: u64) {
        match self.0.iter_mut().find(|range| range.1 == at) {
            Some(range) => range.1 += count,
            None => {
                let place = self.0.partition_point(|range| range.0 < at);
                self.0.insert(place, (at, at + count));
            }
        }
    }

    /// The ranges that meet at `at` belong together.
    pub(super) fn join(&mut self, at: u64) {
        let left = self.0.iter().position(|range| range.1 == at);
        let right = self.0.iter().position(|range| range.0 == at);
        if let (Some(left), Some(right)) = (left, right) {
            let (_, end) = self.0.remove(right);
            if let Some(range) = self.0.get_mut(left) {
                range.1 = end;
            }
        }
    }

    /// Of the range that begins at `from`, only the bytes up to `to` are to be believed.
    pub(super) fn forget(&mut self, from: u64, to: u64) {
        if let Some(range) = self.0.iter_mut().find(|range| range.0 == from) {
            range.1 = range.1.min(to);
        }
        self.0.retain(|(from, to)| from < to);
    }

    /// Only the bytes from the start are to be believed.
    pub(super) fn forget_all_but_first(&mut self) {
        self.0.retain(|range| range.0 == 0);
    }

    /// Gives back `count` bytes at the end, or the last range if it is shorter.
    pub(super) fn give_back(&mut self, count: u64) {
        if let Some(last) = self.0.last_mut() {
            last.1 = last.1.saturating_sub(count).max(last.0);
        }
        self.0.retain(|(from, to)| from < to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_are_one_only_once_they_were_compared() {
        let mut ranges = Ranges::default();
        ranges.grow(0, 10);
        ranges.grow(20, 5);
        assert_eq!(ranges.gaps(), [(10, 20), (25, u64::MAX)]);
        ranges.grow(10, 10);
        assert_eq!((ranges.length(), ranges.received(), ranges.end()), (20, 25, 25));
        assert_eq!(ranges.gaps(), [(20, 20), (25, u64::MAX)]);
        ranges.join(20);
        assert_eq!(ranges.all(), [(0, 25)]);
    }

    #[test]
    fn without_its_beginning_a_file_has_no_length_whatever_else_is_here() {
        let mut ranges = Ranges::default();
        ranges.grow(64, 64);
        assert_eq!((ranges.length(), ranges.received(), ranges.end()), (0, 64, 128));
        assert_eq!(ranges.gaps(), [(0, 64), (128, u64::MAX)]);
        ranges.forget(64, 100);
        assert_eq!(ranges.all(), [(64, 100)]);
        ranges.forget(64, 64);
        assert_eq!(ranges.gaps(), [(0, u64::MAX)]);
    }

    #[test]
    fn what_is_given_back_is_the_end_and_never_more_than_one_range() {
        let mut ranges = Ranges::new(&[(0, 100), (200, 210)]);
        ranges.give_back(64);
        assert_eq!(ranges.all(), [(0, 100)]);
        ranges.give_back(64);
        assert_eq!(ranges.all(), [(0, 36)]);
    }
}
