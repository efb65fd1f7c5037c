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
//! time, should all else fail. Start reading at [`run`].

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::exit;
use std::thread;
use std::time::Duration;

use clap::Args;
use lab::{Capture, Fate, Host, Lab, Opened, Plan, Recording};
use lesson_osi_layers::counters::Counters;
use narrator::{line, say};
use nix::sys::resource::{Resource, UsageWho, getrusage, rlim_t};
use nix::sys::resource::{getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::time::TimeValLike;

use crate::scene::{Hub, datagram, frames_in, packet};

const TO: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 255), 8888);

/// What a kernel calls a broadcast for which it has no socket.
const IGNORED: &str = "Udp IgnoredMulti";

/// What the reader may ask. None of the three bounds can be left out.
#[derive(Args)]
pub struct Storm {
    /// Open the loop after so many frames, 2 to 20000
    #[arg(
        long,
        default_value_t = 1000,
        value_parser = clap::value_parser!(u32).range(2..=20_000),
    )]
    frames: u32,
    /// Open the loop after so many milliseconds, 1 to 20000
    #[arg(
        long,
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=20_000),
    )]
    milliseconds: u32,
    /// End the program after so many seconds of processor time, 0 to 20
    #[arg(
        long,
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(0..=20),
    )]
    processor: u32,
    #[command(flatten)]
    capture: Capture,
}

/// One datagram, and what it costs everybody.
pub fn run(storm: Storm) -> io::Result<()> {
    const RECORDED: &str = include_str!("../tests/snapshots/storm.snap");
    let Storm { frames, milliseconds, processor, capture } = storm;
    let Some(mut lab) = capture.enter(RECORDED)? else { return Ok(()) };
    limit_work(processor)?;
    let time = Duration::from_millis(milliseconds.into());
    let bounds = format!("{frames} frames, {}", seconds(time));
    say("lab", "bounds", format!("{bounds}, {processor} s of processor"));
    let recording = rage(&mut lab, frames as usize, time)?;
    capture.write(&recording)?;
    Ok(())
}

/// `20 s`, `0.05 s`.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

// ANCHOR: rage
/// Alice sends one datagram to a port that nobody is interested in.
fn rage(lab: &mut Lab, frames: usize, time: Duration) -> io::Result<Recording> {
    let hub = Hub::open(lab, Plan::new().looped(frames, time))?;
    let hosts = hub.hosts();
    let [a, b, c] = hosts.map(Counters::of);
    let before = [a?, b?, c?];
    let alice = SocketAddrV4::new(hub.alice.address(), 7001);
    let alice = hub.ear(&hub.alice, alice)?;
    alice.socket.set_broadcast(true)?;
    alice.send("hello?", TO)?;
    let (frames, bound) = match hub.wire.wait_for_the_end_of_the_loop()? {
        Opened::Frames(count) => (count, "the bound of frames"),
        Opened::Time(count) => (count, "the bound of time"),
    };
    say("lab", "opens", format!("the loop after {frames} frames: {bound}"));
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

/// Lets this process work for so many seconds more and no longer: setrlimit(2)
/// with RLIMIT_CPU. Then SIGXCPU comes, and a second later SIGKILL.
fn limit_work(seconds: u32) -> io::Result<()> {
    let struck = SigSet::from(Signal::SIGXCPU);
    // Blocked in every thread, so that it waits for the one that asks for it.
    struck.thread_block()?;
    thread::Builder::new().spawn(move || {
        if struck.wait().is_ok() {
            eprintln!(
                "lesson-broadcast: storm: stopped after {seconds} s of \
                 processor: ask for fewer --frames, or for more --processor"
            );
            exit(1);
        }
    })?;
    let used = getrusage(UsageWho::RUSAGE_SELF)?;
    let used = used.user_time() + used.system_time();
    let used = rlim_t::try_from(used.num_seconds()).unwrap_or(0);
    let (soft, hard) = getrlimit(Resource::RLIMIT_CPU)?;
    let limit = (used + rlim_t::from(seconds)).min(soft);
    Ok(setrlimit(Resource::RLIMIT_CPU, limit, hard.min(limit + 1))?)
}
