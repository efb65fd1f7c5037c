//! A broadcast storm: a segment that is a loop, and one frame that never
//! ends. Ethernet has no field that counts how far a frame has come; a hub or
//! switch doesn't look at IP's TTL. IEEE 802.1D lists what follows.
//!
//! ```text
//!  alice ─┐                 a frame is repeated at every end,
//!  bob   ─┼─ the hub ──┐    and the cable brings it back
//!  carol ─┘    └───────┘
//! ```
//!
//! The storm is real, so it has bounds: of frames, of time, and of processor
//! time. Start reading at [`run`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use clap::Args;
use lab::{Capture, Fate, Host, Lab, Plan, Recording};
use lesson_osi_layers::counters::Counters;
use narrator::{line, say};
use nix::sys::resource::{Resource, UsageWho, getrusage, rlim_t};
use nix::sys::resource::{getrlimit, setrlimit};
use nix::sys::time::TimeValLike;

use crate::scene::{Hub, datagram, frames_in, packet};

const TO: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), 8888);

/// The loop opens after so long, whatever it has carried.
const TIME: Duration = Duration::from_secs(20);
/// The kernel ends the program after so much more work, setrlimit(2), should
/// all else fail.
const WORK: u64 = 20;

/// What a kernel calls a broadcast for which it has no socket.
const IGNORED: &str = "Udp IgnoredMulti";

/// How many frames are waited for at a time.
const STEP: usize = 1000;

/// What the reader may ask.
#[derive(Args)]
pub struct Storm {
    /// Open the loop after so many frames, 2 to 20000
    #[arg(
        long,
        default_value_t = 1000,
        value_parser = clap::value_parser!(u32).range(2..=20_000),
    )]
    frames: u32,
    #[command(flatten)]
    capture: Capture,
}

/// One datagram, and what it costs everybody.
pub fn run(storm: Storm) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/storm.snap");
    let Storm { frames, capture } = storm;
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    limit_work(WORK)?;
    let frames = frames as usize;
    let time = TIME.as_secs();
    let bounds = format!("{frames} frames, {time} s, {WORK} s of processor");
    say("lab", "bounds", bounds);
    let recording = rage(&mut lab, frames)?;
    capture.write(&recording)?;
    Ok(())
}

// ANCHOR: rage
/// Alice sends one datagram to a port that nobody is interested in.
fn rage(lab: &mut Lab, frames: usize) -> io::Result<Recording> {
    let hub = Hub::open(lab, Plan::new().looped(frames, TIME))?;
    let hosts = hub.hosts();
    let [a, b, c] = hosts.map(Counters::of);
    let before = [a?, b?, c?];
    let alice = SocketAddrV4::new(hub.alice.address(), 7001);
    let alice = hub.ear(&hub.alice, alice)?;
    alice.socket.set_broadcast(true)?;
    alice.send("hello?", TO)?;
    // In steps, since one wait is bounded by five seconds.
    for step in (STEP..frames).step_by(STEP).chain([frames]) {
        hub.wire.wait_for(step, |_| true)?;
    }
    for (host, before) in hosts.into_iter().zip(&before).skip(1) {
        before.await_more(host, IGNORED, frames as u64)?;
    }
    line("");
    for (host, before) in hosts.into_iter().zip(&before) {
        suffered(host, before)?;
    }
    let recording = hub.end()?;
    line("");
    tell(&recording)?;
    Ok(recording)
}
// ANCHOR_END: rage

/// What one host had to do: each frame was taken in, opened, and found to be
/// for a port that no socket has. To a broadcast no kernel answers that.
fn suffered(host: &Host, before: &Counters) -> io::Result<()> {
    let after = Counters::of(host)?;
    let more = |name: &str| after.get(name) - before.get(name);
    let (taken, useless) = (more("Ip InDelivers"), more(IGNORED));
    let told = format!(
        "{} frames in, {taken} taken, {useless} of them for no socket",
        frames_in(host)?,
    );
    say(host.name(), "kernel", told);
    let answers = more("Icmp OutDestUnreachs");
    match answers {
        0 => Ok(()),
        _ => Err(io::Error::other("an answer to a broadcast")),
    }
}

/// What the wire carried.
fn tell(recording: &Recording) -> io::Result<()> {
    let frames = &recording.frames;
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else {
        return Err(io::Error::other("no frame at all"));
    };
    let again = frames.iter().filter(|f| f.fate == Fate::Looped).count();
    let sent = frames.len() - again;
    say(
        "wire",
        "frames",
        format_args!("{sent} sent, {again} came round again"),
    );
    let bytes: usize = frames.iter().map(|f| f.bytes.len()).sum();
    let data = datagram(&first.bytes).map_or(0, |d| d.payload().len());
    say(
        "wire",
        "bytes",
        format_args!("{bytes} on the segment, for {data} of data"),
    );
    let ttl = |bytes| Ok::<_, io::Error>(packet(bytes)?.time_to_live());
    let (old, new) = (ttl(&first.bytes)?, ttl(&last.bytes)?);
    say("wire", "TTL", format_args!("{old} in the first, {new} in the last"));
    Ok(())
}

/// Lets this process work for so many seconds more and no longer: a loop
/// that doesn't stop by itself is ended by SIGXCPU.
fn limit_work(seconds: u64) -> io::Result<()> {
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    let used = used.user_time() + used.system_time();
    let used = u64::try_from(used.num_seconds()).unwrap_or(0) + 1;
    let (soft, hard) = getrlimit(Resource::RLIMIT_CPU)?;
    let limit: rlim_t = (used + seconds).min(soft);
    Ok(setrlimit(Resource::RLIMIT_CPU, limit, hard)?)
}
