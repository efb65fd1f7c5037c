//! The plan: what goes wrong on the wire, decided beforehand.
//!
//! A rule has three parts: which frames it watches, which of them it strikes
//! (the nth that it sees, counted from 1), and what happens to that one. All
//! others pass. So a run is the same every time, which chance would not be.
//!
//! The lab knows nothing of what is inside a frame. A rule is given its bytes
//! and says whether it means this one.
//!
//! ```
//! use std::time::Duration;
//!
//! let ipv4 = |frame: &[u8]| frame[12..14] == [0x08, 0x00];
//! let plan = lab::Plan::new()
//!     .drop(3, ipv4)
//!     .called("the third packet")
//!     .delay(5, Duration::from_millis(50), ipv4);
//! ```

use std::time::Duration;

/// The bytes of an Ethernet header: two addresses and a type.
const HEADER: usize = 14;

/// How many frames a recording keeps if the plan says nothing else.
const KEPT: usize = 100_000;

/// Whether a rule means this frame.
type Matches = Box<dyn Fn(&[u8]) -> bool + Send>;

/// What the wire does with certain frames. Without a rule it carries all.
pub struct Plan {
    rules: Vec<Rule>,
    mtu: Option<usize>,
    looped: Option<Loop>,
    kept: usize,
}

/// How long a loop turns: at most so many frames and so long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loop {
    pub frames: usize,
    pub time: Duration,
}

struct Rule {
    matches: Matches,
    nth: usize,
    fault: Fault,
    name: Option<String>,
    seen: usize,
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Drop,
    Duplicate,
    Delay(Duration),
    Reorder,
    Corrupt(usize),
}

/// A fault for this frame, and the words for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Struck {
    pub fault: Fault,
    pub why: String,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { rules: Vec::new(), mtu: None, looped: None, kept: KEPT }
    }
}

impl Plan {
    /// A plan in which nothing goes wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Loses the nth frame that matches.
    pub fn drop(
        self,
        nth: usize,
        matches: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Self {
        self.rule(nth, Fault::Drop, Box::new(matches))
    }

    /// Delivers the nth frame that matches twice.
    pub fn duplicate(
        self,
        nth: usize,
        matches: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Self {
        self.rule(nth, Fault::Duplicate, Box::new(matches))
    }

    /// Delivers the nth frame that matches so much later. Others overtake it.
    pub fn delay(
        self,
        nth: usize,
        time: Duration,
        matches: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Self {
        self.rule(nth, Fault::Delay(time), Box::new(matches))
    }

    /// Delivers the nth frame that matches after the next one from the same
    /// host. If none comes within a second, it goes alone.
    pub fn reorder(
        self,
        nth: usize,
        matches: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Self {
        self.rule(nth, Fault::Reorder, Box::new(matches))
    }

    /// Flips one bit of the nth frame that matches. Bits are counted as in
    /// the drawings of RFCs: 0 is the first, the highest of the first byte.
    /// A bit beyond the frame's end flips nothing, and counts as not struck.
    pub fn corrupt(
        self,
        nth: usize,
        bit: usize,
        matches: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Self {
        let reaches = move |f: &[u8]| bit / 8 < f.len() && matches(f);
        self.rule(nth, Fault::Corrupt(bit), Box::new(reaches))
    }

    fn rule(mut self, nth: usize, fault: Fault, matches: Matches) -> Self {
        self.rules.push(Rule { matches, nth, fault, name: None, seen: 0 });
        self
    }

    /// Gives the last rule's frame a name, for the recording's notes and for
    /// the trouble if it never comes: "data segment 2".
    pub fn called(mut self, name: &str) -> Self {
        if let Some(rule) = self.rules.last_mut() {
            rule.name = Some(name.into());
        }
        self
    }

    /// Loses every frame that carries more than `mtu` bytes behind its
    /// Ethernet header, without a word to the sender: a link in the middle
    /// of the path that is narrower than its ends know.
    pub fn mtu(mut self, mtu: usize) -> Self {
        self.mtu = Some(mtu);
        self
    }

    /// Makes the hub's segment a loop, as a cable with both its ends in one
    /// hub does: each frame comes round again and again, to all hosts. The
    /// loop opens for good after so many frames in all, or so long after the
    /// first.
    pub fn looped(mut self, frames: usize, time: Duration) -> Self {
        self.looped = Some(Loop { frames, time });
        self
    }

    /// Keeps at most so many frames in the recording; the others are carried
    /// and counted, but not kept. 100,000 if this isn't called.
    pub fn keep(mut self, frames: usize) -> Self {
        self.kept = frames;
        self
    }

    pub(crate) fn kept(&self) -> usize {
        self.kept
    }

    pub(crate) fn loops(&self) -> Option<Loop> {
        self.looped
    }

    // ANCHOR: judge
    /// What happens to this frame. Every rule counts it; the first whose
    /// turn it is decides.
    pub(crate) fn judge(&mut self, frame: &[u8]) -> Option<Struck> {
        let mut struck = None;
        for rule in &mut self.rules {
            if !(rule.matches)(frame) {
                continue;
            }
            rule.seen += 1;
            if rule.seen == rule.nth && struck.is_none() {
                struck = Some(Struck { fault: rule.fault, why: rule.told() });
            }
        }
        struck.or_else(|| self.too_long(frame))
    }
    // ANCHOR_END: judge

    fn too_long(&self, frame: &[u8]) -> Option<Struck> {
        let carried = frame.len().saturating_sub(HEADER);
        let mtu = self.mtu.filter(|mtu| carried > *mtu)?;
        let why = format!("{carried} bytes where {mtu} fit");
        Some(Struck { fault: Fault::Drop, why })
    }

    /// The rules whose frame never came, each in a line.
    pub(crate) fn unmatched(&self) -> Vec<String> {
        let idle = self.rules.iter().filter(|rule| rule.seen < rule.nth);
        let told = idle.map(|rule| {
            let seen = rule.seen;
            format!("{}: {seen} of {} frames came", rule.told(), rule.nth)
        });
        told.collect()
    }
}

impl Rule {
    /// "drop data segment 2", "drop frame 2 that matches".
    fn told(&self) -> String {
        let verb = match self.fault {
            Fault::Drop => "drop",
            Fault::Duplicate => "duplicate",
            Fault::Delay(_) => "delay",
            Fault::Reorder => "reorder",
            Fault::Corrupt(_) => "corrupt",
        };
        match &self.name {
            Some(name) => format!("{verb} {name}"),
            None => format!("{verb} frame {} that matches", self.nth),
        }
    }
}
