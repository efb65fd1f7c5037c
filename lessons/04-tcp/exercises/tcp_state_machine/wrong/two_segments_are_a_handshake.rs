//! Rejected by: a_client_and_a_server_shake_hands, who_closes_first_ends_in_time_wait, who_closes_second_has_two_states_of_its_own, a_close_may_take_three_segments, both_ends_may_close_at_once, a_fin_that_comes_again_is_acknowledged_again, a_reset_ends_an_open_connection, no_segment_is_illegal, a_call_at_the_wrong_time_is_refused_and_changes_nothing
//!
//! The client is connected when it has got the SYN-ACK, and says nothing more.
//! The server goes on waiting for the ACK.

use Event::{ActiveOpen, Close, PassiveOpen, Receive, Timeout};
use Segment::{Ack, Fin, FinAck, Rst, Syn, SynAck};
use State::*;

/// The states of RFC 9293, section 3.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no connection.
    Closed,
    /// Waits for a SYN from anywhere.
    Listen,
    /// Has sent a SYN.
    SynSent,
    /// Has got a SYN and sent one.
    SynReceived,
    /// The handshake is complete.
    Established,
    /// Closed first: has sent a FIN.
    FinWait1,
    /// The FIN is acknowledged; the peer may still send.
    FinWait2,
    /// The peer closed first; this end may still send.
    CloseWait,
    /// Both have sent a FIN, neither FIN is known to have come.
    Closing,
    /// Closed second: has sent a FIN.
    LastAck,
    /// Both FINs are acknowledged. Waits in case the last ACK was lost.
    TimeWait,
}

/// A segment, by what it does to the connection. Data is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// "I want to open."
    Syn,
    /// The same, and "I have got your SYN".
    SynAck,
    /// "I have got the SYN, or the FIN, that you sent last."
    Ack,
    /// "I have no more to send."
    Fin,
    /// The same, and "I have got your FIN".
    FinAck,
    /// "There is no such connection, forget it."
    Rst,
}

/// What happens to one end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program waits for a connection: `listen(2)`.
    PassiveOpen,
    /// The program asks for a connection: `connect(2)`.
    ActiveOpen,
    /// The program has no more to send: `shutdown(2)` or `close(2)`.
    Close,
    /// A segment comes from the peer.
    Receive(Segment),
    /// The time in TIME-WAIT, twice the life of a segment, is over.
    Timeout,
}

/// The program asked for what can't be done in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegal;

/// One end of a connection.
pub struct Connection {
    state: State,
    /// Whether the program waits for connections: it called `listen(2)`.
    passive: bool,
}

impl Connection {
    /// An end without a connection: CLOSED.
    pub fn new() -> Self {
        Connection { state: State::Closed, passive: false }
    }

    /// The state that the end is in.
    pub fn state(&self) -> State {
        self.state
    }

    /// Takes an event, and returns the segment that is to be sent.
    pub fn on(&mut self, event: Event) -> Result<Option<Segment>, Illegal> {
        let (next, send) = match (self.state, event) {
            // Opening.
            (Closed, PassiveOpen) => (Listen, None),
            (Closed | Listen, ActiveOpen) => (SynSent, Some(Syn)),
            (Listen | SynSent, Receive(Syn)) => (SynReceived, Some(SynAck)),
            (SynSent, Receive(SynAck)) => (Established, None),
            (SynReceived, Receive(Ack | SynAck)) => (Established, None),

            // Closing.
            (Listen | SynSent, Close) => (Closed, None),
            (SynReceived | Established, Close) => (FinWait1, Some(Fin)),
            (CloseWait, Close) => (LastAck, Some(Fin)),
            (Established, Receive(Fin)) => (CloseWait, Some(Ack)),
            (FinWait1, Receive(Fin)) => (Closing, Some(Ack)),
            (FinWait2, Receive(Fin)) => (TimeWait, Some(Ack)),
            (FinWait1 | FinWait2, Receive(FinAck)) => (TimeWait, Some(Ack)),
            (FinWait1, Receive(Ack)) => (FinWait2, None),
            (Closing, Receive(Ack)) => (TimeWait, None),
            (LastAck, Receive(Ack)) => (Closed, None),
            (TimeWait, Timeout) => (Closed, None),

            // Section 3.10.7.4: the peer sends its FIN again.
            (TimeWait, Receive(Fin | FinAck)) => (TimeWait, Some(Ack)),
            (CloseWait | Closing | LastAck, Receive(Fin)) => {
                (self.state, Some(Ack))
            }

            // Section 3.5.3: who believes a RST, and where that leads.
            (Listen, Receive(Rst)) => (Listen, None),
            (SynReceived, Receive(Rst)) if self.passive => (Listen, None),
            (_, Receive(Rst)) => (Closed, None),
            // Section 3.10.7.1: the peer hears "connection refused".
            (Closed, Receive(_)) => (Closed, Some(Rst)),

            (state, Receive(_)) => (state, None),
            (_, PassiveOpen | ActiveOpen | Close | Timeout) => {
                return Err(Illegal);
            }
        };
        self.passive = match event {
            PassiveOpen => true,
            ActiveOpen => false,
            _ => self.passive,
        };
        self.state = next;
        Ok(send)
    }
}
