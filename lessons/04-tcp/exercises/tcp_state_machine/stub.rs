//! Follow a connection through its states.
//!
//! Each end of a TCP connection is in one of eleven states. What the program
//! calls and what the peer sends moves it from one to the next. Write that
//! machine.
//!
//! `on` takes an event, goes to the next state and says which segment is to
//! be sent, if any. The arrows, after RFC 9293, sections 3.3.2 and 3.10:
//!
//! ```text
//! opening
//!   PassiveOpen  CLOSED → LISTEN
//!   ActiveOpen   CLOSED, LISTEN → SYN-SENT, sends Syn
//!   Syn          LISTEN, SYN-SENT → SYN-RECEIVED, sends SynAck
//!   SynAck       SYN-SENT → ESTABLISHED, sends Ack
//!   Ack, SynAck  SYN-RECEIVED → ESTABLISHED
//! closing
//!   Close        LISTEN, SYN-SENT → CLOSED
//!                SYN-RECEIVED, ESTABLISHED → FIN-WAIT-1, sends Fin
//!                CLOSE-WAIT → LAST-ACK, sends Fin
//!   Fin          ESTABLISHED → CLOSE-WAIT, sends Ack
//!                FIN-WAIT-1 → CLOSING, sends Ack
//!                FIN-WAIT-2 → TIME-WAIT, sends Ack
//!   FinAck       FIN-WAIT-1, FIN-WAIT-2 → TIME-WAIT, sends Ack
//!   Ack          FIN-WAIT-1 → FIN-WAIT-2
//!                CLOSING → TIME-WAIT
//!                LAST-ACK → CLOSED
//!   Timeout      TIME-WAIT → CLOSED
//! ```
//!
//! What the arrows leave out:
//!
//! - A `Fin` that comes again means that our `Ack` was lost. CLOSE-WAIT,
//!   CLOSING, LAST-ACK and TIME-WAIT send it again and stay as they are. In
//!   TIME-WAIT the `Fin` may come again as a `FinAck`.
//! - `Rst` ends the connection: CLOSED, and nothing is sent. But LISTEN has
//!   no connection and stays; and an end in SYN-RECEIVED that came from
//!   LISTEN goes back there, to wait for the next client.
//! - CLOSED sends `Rst` for every segment that is not itself a `Rst`.
//! - Every other segment changes nothing and is not answered. A peer may send
//!   what it likes; nothing that it sends is illegal.
//! - Every other call of the program is `Err(Illegal)` and changes nothing.
//!   So is a `Timeout` outside of TIME-WAIT.
//!
//! Check it: `cargo workbook check tcp_state_machine`
//!
//! Read chapter 04, "The states of a connection".

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

/// One end of a connection. Add fields if there is more to remember.
pub struct Connection {
    state: State,
}

impl Connection {
    /// An end without a connection: CLOSED.
    pub fn new() -> Self {
        Connection { state: State::Closed }
    }

    /// The state that the end is in.
    pub fn state(&self) -> State {
        self.state
    }

    /// Takes an event, and returns the segment that is to be sent.
    pub fn on(&mut self, event: Event) -> Result<Option<Segment>, Illegal> {
        todo!("match (self.state, event)")
    }
}
