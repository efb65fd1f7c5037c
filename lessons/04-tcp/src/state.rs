//! What the kernel knows about a connection.
//!
//! Linux lists every TCP socket of IPv4 in `/proc/net/tcp`, proc(5),
//! one a line. Addresses and counts are hexadecimal, states a number:
//!
//! ```text
//!   sl  local_address rem_address   st tx_queue rx_queue …
//!    0: 0100007F:22B8 00000000:0000 0A 00000000:00000002
//!       127.0.0.1:8888              LISTEN      2 wait for accept
//! ```
//!
//! A connection between two sockets of this machine stands there twice: once
//! for each end. Every network namespace has a table of its own; the one read
//! here is that of the calling thread.
//!
//! The table is no snapshot. The kernel tells it in pieces, a `read(2)` at a
//! time, and while other programs' sockets are closed it may skip one. So a
//! socket that isn't in it is looked for again. Start reading at [`of`].

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

/// How long the functions that wait do so.
const PATIENCE: Duration = Duration::from_secs(10);

/// The states of RFC 9293, section 3.3.2, with the numbers that Linux gives
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Both sides may send.
    Established = 1,
    /// A SYN is out, not answered yet.
    SynSent,
    /// A SYN has come in and was answered; the last ACK is due.
    SynReceived,
    /// Our FIN is out, not acknowledged yet.
    FinWait1,
    /// Our FIN is acknowledged; the peer may go on sending.
    FinWait2,
    /// Both FINs are acknowledged, ours was first: the port rests.
    TimeWait,
    /// No connection.
    Closed,
    /// The peer's FIN has come; we may go on sending.
    CloseWait,
    /// The peer's FIN came first, ours is out, its ACK is due.
    LastAck,
    /// Waiting for connections.
    Listen,
    /// Both FINs crossed; the ACK of ours is due.
    Closing,
}

use State::*;

/// In the order of their numbers, from 1 on.
const STATES: [State; 11] = [
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing,
];

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Established => "ESTABLISHED",
            SynSent => "SYN-SENT",
            SynReceived => "SYN-RECEIVED",
            FinWait1 => "FIN-WAIT-1",
            FinWait2 => "FIN-WAIT-2",
            TimeWait => "TIME-WAIT",
            Closed => "CLOSED",
            CloseWait => "CLOSE-WAIT",
            LastAck => "LAST-ACK",
            Listen => "LISTEN",
            Closing => "CLOSING",
        })
    }
}

/// One line of `/proc/net/tcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The address at this end.
    pub local: SocketAddr,
    /// The address at the other end; port 0 for a listener.
    pub remote: SocketAddr,
    /// Where the connection stands.
    pub state: State,
    /// Bytes sent and not acknowledged yet.
    pub unacknowledged: usize,
    /// Bytes received and not read yet; for a listener, the connections that
    /// wait for `accept`.
    pub unread: usize,
    /// How long the kernel waits for an ACK before it repeats a segment.
    /// `None` in the states SYN-RECEIVED and TIME-WAIT, whose lines are
    /// shorter.
    pub rto: Option<Duration>,
}

/// What the kernel lists for the end at `local` of the connection to
/// `remote`, if anything: a closed connection isn't listed.
pub fn of(local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Entry>> {
    find(|entry| entry.local == local && entry.remote == remote)
}

/// How often the table is read before a socket is called missing.
const LOOKS: usize = 3;

fn find(is: impl Fn(&Entry) -> bool) -> io::Result<Option<Entry>> {
    for _ in 0..LOOKS {
        let found = entries()?.into_iter().find(&is);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Waits until that end reaches `due`: packets take their time, on loopback
/// too. Fails with `TimedOut` after ten seconds.
pub fn await_state(
    local: SocketAddr,
    remote: SocketAddr,
    due: State,
) -> io::Result<State> {
    wait_until(|| {
        let state = of(local, remote)?.map_or(Closed, |entry| entry.state);
        Ok((state == due).then_some(state))
    })
}

/// Waits until the peer's kernel has acknowledged every byte sent from
/// `local`. Fails with `TimedOut` after ten seconds.
pub fn await_acknowledged(
    local: SocketAddr,
    remote: SocketAddr,
) -> io::Result<()> {
    wait_until(|| {
        let waiting = of(local, remote)?.map_or(0, |e| e.unacknowledged);
        Ok((waiting == 0).then_some(()))
    })
}

/// Waits until the retransmission timer of that end is set to `least` or
/// more, as after each repetition, which doubles it. Fails with `TimedOut`
/// after ten seconds.
pub fn await_rto(
    local: SocketAddr,
    remote: SocketAddr,
    least: Duration,
) -> io::Result<Duration> {
    wait_until(|| {
        let rto = of(local, remote)?.and_then(|entry| entry.rto);
        Ok(rto.filter(|rto| *rto >= least))
    })
}

/// Waits until `due` connections stand in the queue of the listener at
/// `local`. Fails with `TimedOut` after ten seconds.
pub fn await_queue(local: SocketAddr, due: usize) -> io::Result<usize> {
    let listens = |e: &Entry| e.local == local && e.state == Listen;
    wait_until(|| {
        let waiting = find(listens)?.map(|entry| entry.unread);
        Ok(waiting.filter(|waiting| *waiting == due))
    })
}

fn wait_until<T>(
    mut happened: impl FnMut() -> io::Result<Option<T>>,
) -> io::Result<T> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(outcome) = happened()? {
            return Ok(outcome);
        }
        thread::yield_now();
    }
    Err(io::ErrorKind::TimedOut.into())
}

/// Every TCP socket of IPv4 in the network namespace of this thread; one may
/// be missing while another program's are closed.
pub fn entries() -> io::Result<Vec<Entry>> {
    // /proc/net is that of the process's first thread, wherever this one is.
    let table = std::fs::read_to_string("/proc/thread-self/net/tcp")?;
    // The first line is a heading, and no entry.
    Ok(table.lines().filter_map(entry).collect())
}

fn entry(line: &str) -> Option<Entry> {
    let mut fields = line.split_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let number = usize::from_str_radix(fields.next()?, 16).ok()?;
    let (tx, rx) = fields.next()?.split_once(':')?;
    Some(Entry {
        local,
        remote,
        state: *STATES.get(number.checked_sub(1)?)?,
        unacknowledged: usize::from_str_radix(tx, 16).ok()?,
        unread: usize::from_str_radix(rx, 16).ok()?,
        rto: fields.nth(7).and_then(hundredths),
    })
}

/// A time in USER_HZ, which are hundredths of a second: time(7).
fn hundredths(text: &str) -> Option<Duration> {
    text.parse().ok().map(|count: u64| Duration::from_millis(10 * count))
}

/// `0100007F:22B8`: the four bytes of the address as this machine reads a
/// number from memory, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(ip)), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn a_line_of_the_table_is_read() {
        let line = "   0: 0100007F:22B8 0200007F:9C40 08 0000000A:00000002 \
                    01:00000014 00000003     0        0 7 1 0 163 4 30 1 -1";

        let entry = entry(line).unwrap();

        assert_eq!(entry.local, "127.0.0.1:8888".parse().unwrap());
        assert_eq!(entry.remote, "127.0.0.2:40000".parse().unwrap());
        assert_eq!(entry.state, CloseWait);
        assert_eq!((entry.unacknowledged, entry.unread), (10, 2));
        assert_eq!(entry.rto, Some(Duration::from_millis(1630)));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_short_line_has_no_timer() {
        let line = "   1: 0100007F:22B8 0200007F:9C40 06 00000000:00000000 \
                    03:0000176E 00000000     0        0 0 3 0000000000000000";

        let entry = entry(line).unwrap();

        assert_eq!((entry.state, entry.rto), (TimeWait, None));
    }

    #[test]
    fn the_heading_and_garbage_are_no_entries() {
        assert_eq!(
            entry("  sl  local_address rem_address   st tx_queue"),
            None
        );
        assert_eq!(entry(""), None);
        assert_eq!(entry("0: 0100007F:22B8 0100007F:1 FF 0:0"), None);
    }

    #[test]
    fn a_number_of_linux_is_that_of_its_state() {
        for (index, state) in STATES.iter().enumerate() {
            assert_eq!(*state as usize, index + 1);
        }
    }
}
