//! Python's slice of a sequence: `START:END:STEP`, each part optional, negative ones counted from the end.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub step: i64,
}

#[derive(Debug, PartialEq, Eq)]
pub enum SliceError {
    NoColon(String),
    NotANumber(String),
    TooManyParts(String),
    ZeroStep,
}

impl fmt::Display for SliceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SliceError::NoColon(text) => write!(formatter, "`{text}` is no slice: write START:END"),
            SliceError::NotANumber(part) => write!(formatter, "`{part}` is not a whole number"),
            SliceError::TooManyParts(text) => write!(formatter, "`{text}` has more than START:END:STEP"),
            SliceError::ZeroStep => write!(formatter, "the step cannot be 0"),
        }
    }
}

impl Slice {
    pub fn parse(text: &str) -> Result<Slice, SliceError> {
        let parts: Vec<&str> = text.split(':').collect();
        let number = |index: usize| -> Result<Option<i64>, SliceError> {
            match parts.get(index).map(|part| part.trim()) {
                None | Some("") => Ok(None),
                Some(part) => part.parse().map(Some).map_err(|_| SliceError::NotANumber(part.to_string())),
            }
        };
        match parts.len() {
            1 => return Err(SliceError::NoColon(text.to_string())),
            2 | 3 => {}
            _ => return Err(SliceError::TooManyParts(text.to_string())),
        }
        match number(2)? {
            Some(0) => Err(SliceError::ZeroStep),
            step => Ok(Slice { start: number(0)?, end: number(1)?, step: step.unwrap_or(1) }),
        }
    }

    /// True when lines can be printed as they come: nothing is counted from the end, and nothing runs backwards.
    pub fn is_streaming(&self) -> bool {
        self.step > 0 && self.start.unwrap_or(0) >= 0 && self.end.unwrap_or(0) >= 0
    }

    /// Whether a streaming slice takes the line at `index`; None when no later line can be taken either.
    pub fn takes(&self, index: i64) -> Option<bool> {
        if self.end.is_some_and(|end| index >= end) {
            return None;
        }
        let offset = index - self.start.unwrap_or(0);
        Some(offset >= 0 && offset % self.step == 0)
    }

    /// The indices that Python's `range(*slice.indices(length))` gives.
    pub fn indices(&self, length: usize) -> Vec<usize> {
        let length = length as i64;
        let (lowest, highest) = if self.step > 0 { (0, length) } else { (-1, length - 1) };
        let place = |bound: i64| {
            let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
            bound.clamp(lowest, highest)
        };
        let (first, last) = if self.step > 0 { (lowest, highest) } else { (highest, lowest) };
        let mut index = self.start.map_or(first, place);
        let end = self.end.map_or(last, place);
        let mut found = Vec::new();
        while if self.step > 0 { index < end } else { index > end } {
            found.push(index as usize);
            index = index.saturating_add(self.step);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliced(text: &str, length: usize) -> Vec<usize> {
        Slice::parse(text).unwrap().indices(length)
    }

    // Each line is what `list(range(5))[...]` prints in Python 3.
    #[test]
    fn gives_what_python_gives() {
        assert_eq!(sliced(":", 5), [0, 1, 2, 3, 4]);
        assert_eq!(sliced("1:3", 5), [1, 2]);
        assert_eq!(sliced("3:1", 5), []);
        assert_eq!(sliced("-2:", 5), [3, 4]);
        assert_eq!(sliced(":-2", 5), [0, 1, 2]);
        assert_eq!(sliced("-100:2", 5), [0, 1]);
        assert_eq!(sliced("2:100", 5), [2, 3, 4]);
        assert_eq!(sliced("100:", 5), []);
        assert_eq!(sliced("::2", 5), [0, 2, 4]);
        assert_eq!(sliced("1::3", 5), [1, 4]);
        assert_eq!(sliced("::-1", 5), [4, 3, 2, 1, 0]);
        assert_eq!(sliced("3:0:-1", 5), [3, 2, 1]);
        assert_eq!(sliced("-1:-4:-2", 5), [4, 2]);
        assert_eq!(sliced(":-100:-1", 5), [4, 3, 2, 1, 0]);
        assert_eq!(sliced("100:2:-1", 5), [4, 3]);
        assert_eq!(sliced("::-1", 0), []);
    }

    #[test]
    fn survives_the_largest_numbers() {
        assert_eq!(sliced("-9223372036854775808:9223372036854775807", 3), [0, 1, 2]);
        assert_eq!(sliced("::9223372036854775807", 3), [0]);
        assert_eq!(sliced("::-9223372036854775808", 3), [2]);
    }

    #[test]
    fn streams_only_what_needs_no_end() {
        let taken = |text: &str| -> Vec<i64> {
            let slice = Slice::parse(text).unwrap();
            assert!(slice.is_streaming());
            (0..5).map_while(|index| slice.takes(index).map(|takes| (index, takes))).filter(|(_, takes)| *takes).map(|(index, _)| index).collect()
        };
        for text in [":", "1:3", "3:1", "2:100", "::2", "1::3", "0:0"] {
            let indices: Vec<i64> = sliced(text, 5).iter().map(|index| *index as i64).collect();
            assert_eq!(taken(text), indices, "{text}");
        }
        for text in ["-1:", ":-1", "::-1"] {
            assert!(!Slice::parse(text).unwrap().is_streaming(), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Slice::parse("3"), Err(SliceError::NoColon("3".into())));
        assert_eq!(Slice::parse("a:"), Err(SliceError::NotANumber("a".into())));
        assert_eq!(Slice::parse("1:2:3:4"), Err(SliceError::TooManyParts("1:2:3:4".into())));
        assert_eq!(Slice::parse("::0"), Err(SliceError::ZeroStep));
    }
}
