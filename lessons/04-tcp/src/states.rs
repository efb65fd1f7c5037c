//! The state of both ends after each step, as their kernels report it:
//! RFC 9293, section 3.3.2.
//!
//! Two connections pass through all eleven states. In the first alice is the
//! client and closes first. In the second nobody listens: both connect at
//! once and both close at once, which the RFC allows (section 3.5, figure 7).

use std::io;

use lab::Record;
use lesson_tcp::state::State::{
    self, CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck,
    Listen, SynReceived, SynSent, TimeWait,
};
use socket2::Socket;

use crate::conversation::Who::{Alice, Bob};
use crate::conversation::{Form, Who};
use crate::stage::{SERVER, Scene, Stage, begin};

const SCENE: Scene = Scene {
    demo: "states",
    title: "A client and a server, as their kernels report it",
    form: Form::States,
    text: include_str!("../tests/snapshots/states.snap"),
    json: include_str!("../tests/snapshots/states.json.snap"),
};

/// A connection of a client and a server, and one of two equals.
pub fn run(record: Record) -> io::Result<()> {
    let Some(mut stage) = Stage::open(&SCENE, record)? else { return Ok(()) };
    client_and_server(&mut stage)?;
    stage.turn("two equals", "Both connect at once, both close at once");
    let (client, server) = open_at_once(&mut stage)?;
    close_at_once(&mut stage, client, server)?;
    stage.end()
}

fn client_and_server(stage: &mut Stage) -> io::Result<()> {
    let listener = stage.listen()?;
    stage.call(Bob, "listen", SERVER.to_string(), "Bob waits to be called.");
    stage.now(Closed, Listen)?;
    let client = stage.connect()?;
    stage.call(Alice, "connect", SERVER.to_string(), "Alice's SYN goes out.");
    stage.now(SynSent, Listen)?;
    arrives(stage, Alice, "Bob's kernel answers.", [SynSent, SynReceived])?;
    arrives(stage, Bob, "Alice is done.", [Established, SynReceived])?;
    arrives(stage, Alice, "Bob is done too.", [Established, Established])?;
    let (server, _) = listener.accept()?;
    drop(listener);

    drop(client);
    stage.call(Alice, "close", "", "Alice's FIN goes out.");
    stage.now(FinWait1, Established)?;
    arrives(stage, Alice, "Bob can read the end.", [FinWait1, CloseWait])?;
    arrives(stage, Bob, "Half of it is closed.", [FinWait2, CloseWait])?;
    drop(server);
    stage.call(Bob, "close", "", "Bob's FIN goes out.");
    stage.now(FinWait2, LastAck)?;
    arrives(stage, Bob, "Both FINs are out.", [TimeWait, LastAck])?;
    arrives(stage, Alice, "Only Alice remembers.", [TimeWait, Closed])
}

/// Nobody listens. Each connects from the port that the other connects to.
fn open_at_once(stage: &mut Stage) -> io::Result<(Socket, Socket)> {
    let client = stage.socket(Alice, stage.client())?;
    let server = stage.socket(Bob, SERVER)?;
    begin(&client, SERVER)?;
    stage.call(Alice, "connect", "", "Alice's SYN goes out.");
    stage.now(SynSent, Closed)?;
    begin(&server, stage.client())?;
    stage.call(Bob, "connect", "", "And Bob's: neither has seen the other's.");
    stage.now(SynSent, SynSent)?;

    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "A SYN where a SYN ACK was expected.")?;
    stage.now(SynSent, SynReceived)?;
    stage.pass(his, "The SYNs have crossed.")?;
    stage.now(SynReceived, SynReceived)?;
    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "Each acknowledges the other's SYN.")?;
    stage.now(SynReceived, Established)?;
    stage.pass(his, "One connection, not two, and no server in it.")?;
    stage.now(Established, Established)?;
    // A SYN ACK holds a SYN, and this one has come once already.
    for who in [Alice, Bob] {
        let again = "The SYN in that SYN ACK was old: acknowledged once more.";
        arrives(stage, who, again, [Established, Established])?;
    }
    Ok((client, server))
}

/// Both close before either has heard of the other's close.
fn close_at_once(
    stage: &mut Stage,
    client: Socket,
    server: Socket,
) -> io::Result<()> {
    drop(client);
    stage.call(Alice, "close", "", "Alice closes.");
    stage.now(FinWait1, Established)?;
    drop(server);
    stage.call(Bob, "close", "", "So does Bob, before her FIN reaches him.");
    stage.now(FinWait1, FinWait1)?;
    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "A FIN where an ACK was expected.")?;
    stage.now(FinWait1, Closing)?;
    stage.pass(his, "The FINs have crossed.")?;
    stage.now(Closing, Closing)?;
    let (hers, his) = (stage.next(Alice)?, stage.next(Bob)?);
    stage.pass(hers, "Each acknowledges the other's FIN.")?;
    stage.now(Closing, TimeWait)?;
    stage.pass(his, "Nobody was first, so both remember.")?;
    stage.now(TimeWait, TimeWait)
}

/// The next segment of this host arrives, and brings these states.
fn arrives(
    stage: &mut Stage,
    from: Who,
    why: &'static str,
    [alice, bob]: [State; 2],
) -> io::Result<()> {
    let in_hand = stage.next(from)?;
    stage.pass(in_hand, why)?;
    stage.now(alice, bob)
}
