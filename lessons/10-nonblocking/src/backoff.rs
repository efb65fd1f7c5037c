//! Trying again later: wait, twice as long each time, up to a limit, and not
//! as long as all the others. TCP does the first with its own repetitions,
//! RFC 6298, section 5.5.
//!
//! ```text
//! try × wait ≤ 10 ms × wait ≤ 20 ms × wait ≤ 40 ms × … wait ≤ 1 s
//! ```

use std::io::{self, ErrorKind};
use std::thread;
use std::time::Duration;

use lesson_tcp::{LOOPBACK, connect, local};
use narrator::{explain, line, say};
use socket2::{Domain, Socket, Type};

/// The first wait is no longer than this.
const FIRST: Duration = Duration::from_millis(10);

/// No wait is longer than this.
const MOST: Duration = Duration::from_secs(1);

/// When a client gives up.
const TRIES: u32 = 10;

/// How many clients lost their server in the same moment.
const CROWD: usize = 1000;

/// One client, and then a crowd.
pub fn run() -> io::Result<()> {
    line("A client, and a server that comes late");
    one()?;
    line("");
    line("1000 clients whose server has gone, reckoned: most in one ms");
    crowd();
    Ok(())
}

// ANCHOR: one
fn one() -> io::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    server.bind(&LOOPBACK.into())?;
    let to = local(&server)?;
    let mut random = Random(1);
    for attempt in 0..TRIES {
        match connect(to) {
            Ok(_) => {
                say("client", "connect", "done");
                return Ok(());
            }
            // Perhaps it comes yet. EACCES, say, would never go by itself.
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => {
                say("client", "connect", explain(&e));
            }
            Err(error) => return Err(error),
        }
        if attempt == 2 {
            server.listen(16)?;
            say("server", "listen", "at last");
        }
        let most = longest(attempt);
        let ms = most.as_millis();
        say("client", "waits", format_args!("{ms} ms or less"));
        thread::sleep(random.up_to(most));
    }
    Err(io::Error::new(ErrorKind::TimedOut, "the server doesn't come"))
}

/// The longest wait after so many tries: twice as long each time.
fn longest(attempt: u32) -> Duration {
    // 2 to the 32 and more don't fit: then it is the limit as well.
    let doubled = 2u32.checked_pow(attempt).and_then(|n| FIRST.checked_mul(n));
    doubled.unwrap_or(MOST).min(MOST)
}
// ANCHOR_END: one

// ANCHOR: crowd
/// All try at 0 ms. Who waits as long as all others comes back with them.
fn crowd() {
    let mut random = Random(7);
    let mut alike = vec![0; CROWD];
    let mut apart = vec![0; CROWD];
    line(format_args!(
        "{:>5} {:>9} {:>9} {:>9}",
        "try", "wait", "fixed", "random"
    ));
    for attempt in 0..7 {
        let most = longest(attempt);
        alike.iter_mut().for_each(|at| *at += most.as_millis());
        for at in &mut apart {
            *at += random.up_to(most).as_millis();
        }
        let (attempt, most) = (attempt + 1, format!("{} ms", most.as_millis()));
        let (alike, apart) = (together(&alike), together(&apart));
        line(format_args!("{attempt:>5} {most:>9} {alike:>9} {apart:>9}"));
    }
}

/// How many of these moments are the same one, at most.
fn together(moments: &[u128]) -> usize {
    let mut sorted = moments.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(<[u128]>::len).max().unwrap_or(0)
}
// ANCHOR_END: crowd

/// Numbers that look random and are the same in each run: splitmix64. A
/// program takes others: the crate `rand`, or getrandom(2).
struct Random(u64);

impl Random {
    /// A time from 0 to `most`, each as likely as the others.
    fn up_to(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^= number >> 31;
        most.mul_f64(number as f64 / u64::MAX as f64)
    }
}
