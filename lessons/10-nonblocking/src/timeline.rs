//! What happens, in the order in which it does: for the transcript, and as
//! JSON for the book's widget. A tick is a step of the story and no time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use narrator::line;
use serde::Serialize;

/// What somebody is doing, from this step on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Asleep in a call.
    Waits,
    /// Asks again and again, in vain.
    Spins,
    /// The program's other work.
    Runs,
    /// A call that returned with nothing: EAGAIN.
    InVain,
    /// A call that returned at once with what it was for.
    Done,
    /// What a peer has sent is in the kernel, and nobody has taken it.
    Ready,
}

/// One line of the story.
#[derive(Clone, Serialize)]
pub struct Step {
    tick: usize,
    lane: String,
    call: String,
    state: State,
    /// The tick that ended it, where it lasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<usize>,
    note: String,
    why: &'static str,
}

/// The steps of one run, told by several threads.
#[derive(Default)]
pub struct Timeline(Mutex<Vec<Step>>);

impl Timeline {
    /// Adds a step. One that the same lane had begun ends here, but for what
    /// a peer has sent: that ends with [`Timeline::took`].
    pub fn add(
        &self,
        lane: &str,
        call: &str,
        state: State,
        note: &str,
        why: &'static str,
    ) {
        let mut steps = self.steps();
        let tick = steps.len() + 1;
        let same = steps.iter_mut().filter(|step| step.lane == lane);
        let open = same.filter(|step| step.lasts() && step.until.is_none());
        open.for_each(|step| step.until = Some(tick));
        let (lane, call, note) = (lane.into(), call.into(), note.into());
        steps.push(Step { tick, lane, call, state, until: None, note, why });
    }

    /// What this lane's peer had sent was taken by the last step.
    pub fn took(&self, lane: &str) {
        let mut steps = self.steps();
        let now = steps.len();
        let sent = steps.iter_mut().filter(|step| step.lane == lane);
        let left = sent.filter(|step| step.until.is_none());
        left.for_each(|step| step.until = Some(now));
    }

    /// Whether this is the last step so far.
    pub fn ends_with(&self, lane: &str, state: State) -> bool {
        let steps = self.steps();
        steps
            .last()
            .is_some_and(|last| last.lane == lane && last.state == state)
    }

    /// Whether this is what the lane does now.
    pub fn lane_is(&self, lane: &str, state: State) -> bool {
        let steps = self.steps();
        let mut own = steps.iter().filter(|step| step.lane == lane);
        own.next_back().is_some_and(|last| last.state == state)
    }

    /// Whether what this lane's peer had sent was taken.
    pub fn has_taken(&self, lane: &str) -> bool {
        let steps = self.steps();
        steps.iter().any(|step| step.lane == lane && step.until.is_some())
    }

    /// Tells the story.
    pub fn tell(&self) {
        for step in self.steps().iter() {
            let Step { lane, call, note, .. } = step;
            line(format_args!("{lane:<7} {call:<12} {note}"));
        }
    }

    /// All of it, as data.
    pub fn record(&self) -> Vec<Step> {
        self.steps().clone()
    }

    fn steps(&self) -> MutexGuard<'_, Vec<Step>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Step {
    fn lasts(&self) -> bool {
        matches!(self.state, State::Waits | State::Spins | State::Runs)
    }
}
