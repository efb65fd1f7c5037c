//! What SO_RCVBUF really sets, and the window that it makes: socket(7),
//! tcp(7); RFC 9293, section 3.8.6; RFC 7323, section 2.
//!
//! ```text
//! asked for n  →  2n bytes of memory  →  a window of n, in whole segments
//!                 half of it for the kernel's own records
//! ```

use std::io;

use lab::{Capture, Host, Lab, Plan, Recording};
use lesson_tcp::{BACKLOG, arrived};
use narrator::{line, say};
use socket2::{Domain, Socket, Type};

use crate::scene::{BOB, Segment, at};

/// What bob asks for, before `listen`. None: he doesn't ask.
const ASKED: [Option<usize>; 4] = [None, Some(0), Some(10_000), Some(100_000)];

/// What he asks for when it is too late.
const LATE: usize = 200_000;

/// One connection: alice's port in it, and what bob's socket reads.
struct Trial {
    port: u16,
    reads: usize,
}

/// Four sizes asked for in time, and one too late.
pub fn run(capture: Capture) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/buffers.snap");
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    let (trials, late, recording) = play(&mut lab)?;
    line("asked for   reads     SYN ACK says              so the window is");
    for (asked, trial) in ASKED.iter().zip(&trials) {
        let asked = asked.map_or("nothing".into(), |size| size.to_string());
        let (said, window) = windows(trial.port, &recording)?;
        let reads = trial.reads;
        line(format_args!("{asked:<11} {reads:<9} {said:<25} {window}"));
    }
    line("");
    line("Asked for 10000 before listen, and after accept for more:");
    let (said, window) = windows(late.port, &recording)?;
    say("bob", "setsockopt", format_args!("SO_RCVBUF: {LATE}"));
    say("bob", "getsockopt", format_args!("SO_RCVBUF: {}", late.reads));
    say("wire", "carried", format_args!("SYN ACK: {said}"));
    say("wire", "carries", format_args!("window {window}"));
    Ok(capture.write(&recording)?)
}

/// All trials, and what the wire saw.
fn play(lab: &mut Lab) -> io::Result<(Vec<Trial>, Trial, Recording)> {
    let (alice, bob) = (lab.host("alice")?, lab.host("bob")?);
    lab.introduce(&[&alice, &bob])?;
    let wire = lab.join(Plan::new())?;
    let mut ports = 40_001..;
    let trials: io::Result<Vec<_>> = ASKED
        .into_iter()
        .zip(ports.by_ref())
        .map(|(asked, port)| trial(&alice, &bob, port, asked, None))
        .collect();
    let (trials, port) = (trials?, 40_000 + ASKED.len() as u16 + 1);
    let late = trial(&alice, &bob, port, Some(10_000), Some(LATE))?;
    Ok((trials, late, wire.stop()?))
}

// ANCHOR: trial
/// Bob sets his buffer before listen, tcp(7): the SYN ACK is to tell of it.
fn trial(
    alice: &Host,
    bob: &Host,
    port: u16,
    asked: Option<usize>,
    late: Option<usize>,
) -> io::Result<Trial> {
    let listener = bob.enter(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        if let Some(size) = asked {
            socket.set_recv_buffer_size(size)?;
        }
        socket.bind(&BOB.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket)
    })?;
    let client = alice.enter(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&at(1, port).into())?;
        socket.connect(&BOB.into())?;
        Ok(socket)
    })?;
    // accept gives its socket what the listener was set to.
    let (server, _) = listener.accept()?;
    if let Some(size) = late {
        server.set_recv_buffer_size(size)?;
    }
    // Any segment of bob's tells his window.
    server.send(b".")?;
    arrived(&client, 1)?;
    Ok(Trial { port, reads: server.recv_buffer_size()? })
}
// ANCHOR_END: trial

// ANCHOR: windows
/// What bob's SYN ACK said, and the window that his next segment tells.
fn windows(port: u16, recording: &Recording) -> io::Result<(String, u32)> {
    let mut said = (String::new(), 0);
    for seen in &recording.frames {
        let segment = Segment::read(&seen.bytes)?;
        match segment.shift {
            _ if segment.to != port => {}
            // RFC 7323, section 2.2: the window in a SYN is never scaled.
            Some(by) => {
                said = (format!("window {}, scale {by}", segment.window), by);
            }
            None => return Ok((said.0, u32::from(segment.window) << said.1)),
        }
    }
    Err(io::Error::other("bob said nothing"))
}
// ANCHOR_END: windows
