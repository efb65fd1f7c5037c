//! What a kernel has counted since its network namespace began:
//! `/proc/net/snmp` and `/proc/net/netstat`, proc_pid_net(5).
//!
//! ```text
//! Udp: InDatagrams NoPorts InErrors … InCsumErrors …
//! Udp: 1 0 1 … 1 …
//! ```
//!
//! A line of names, then a line of numbers. Start reading at [`Counters`].

use std::fs;
use std::io::{self, ErrorKind};
use std::thread;
use std::time::{Duration, Instant};

use lab::Host;
use narrator::{During, Trouble};

/// How long a kernel may take to count what it was sent.
const PATIENCE: Duration = Duration::from_secs(5);

/// The counters of a host, as they were when asked.
pub struct Counters(String);

impl Counters {
    /// Asks the host's kernel. Its files are those of the thread's
    /// namespace, so `thread-self` and not `self`.
    pub fn of(host: &Host) -> Result<Counters, Trouble> {
        let read =
            |name| fs::read_to_string(format!("/proc/thread-self/net/{name}"));
        host.enter(|| Ok(Counters(read("snmp")? + &read("netstat")?)))
            .during("read /proc/thread-self/net/snmp")
    }

    /// One of them, by its group and name, such as `Udp InErrors`. A kernel
    /// too old to have it has counted nothing.
    pub fn get(&self, counter: &str) -> u64 {
        let Some((group, name)) = counter.split_once(' ') else { return 0 };
        let mut lines = self.0.lines().filter_map(|line| {
            let (title, rest) = line.split_once(':')?;
            (title == group).then_some(rest.split_whitespace())
        });
        let (Some(mut names), Some(mut numbers)) = (lines.next(), lines.next())
        else {
            return 0;
        };
        names
            .position(|n| n == name)
            .and_then(|index| numbers.nth(index))
            .and_then(|number| number.parse().ok())
            .unwrap_or(0)
    }

    /// Waits until `counter` is larger by `due` than it was in these, for
    /// five seconds at most.
    pub fn await_more(
        &self,
        host: &Host,
        counter: &str,
        due: u64,
    ) -> Result<(), Trouble> {
        let end = Instant::now() + PATIENCE;
        while Self::of(host)?.get(counter) < self.get(counter) + due {
            if Instant::now() > end {
                let late = io::Error::from(ErrorKind::TimedOut);
                return Err(late).during(format_args!("wait for {counter}"));
            }
            thread::yield_now();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_GROUPS: &str = "Ip: Forwarding InHdrErrors\nIp: 2 7\n\
                              Udp: InDatagrams InErrors\nUdp: 12 1\n";

    #[test]
    fn a_counter_is_found_by_its_group_and_name() {
        let counters = Counters(TWO_GROUPS.into());

        assert_eq!(counters.get("Ip InHdrErrors"), 7);
        assert_eq!(counters.get("Udp InErrors"), 1);
        assert_eq!(counters.get("Udp InDatagrams"), 12);
    }

    #[test]
    fn a_counter_that_the_kernel_does_not_have_is_zero() {
        let counters = Counters(TWO_GROUPS.into());

        assert_eq!(counters.get("Udp InCsumErrors"), 0);
        assert_eq!(counters.get("Tcp InErrs"), 0);
    }
}
