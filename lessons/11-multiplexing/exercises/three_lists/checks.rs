//! Who must be in which list, and when.

use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::SockRef;
use support::check::{Broken, Log, Told, check};
use support::{number, peer, waiting};

use super::exercise::*;

const LOOK: Option<Duration> = Some(Duration::ZERO);
/// For what is there already.
const SOON: Option<Duration> = Some(Duration::from_millis(300));
const LONG: Option<Duration> = Some(peer::PATIENCE);
const SHORT: Duration = Duration::from_millis(60);

/// Somebody with a socket of yours, and the peer at its other end.
struct Client {
    name: &'static str,
    peer: TcpStream,
    stream: TcpStream,
}

impl Client {
    /// Of two, the later one has the higher number.
    fn new(name: &'static str) -> io::Result<Self> {
        let (peer, stream) = peer::connection()?;
        Ok(Client { name, peer, stream: number::ascending(stream)? })
    }

    /// The peer sends a byte, and it has arrived.
    fn sends(&mut self, log: &Log) -> io::Result<()> {
        log.sent("x", &format!("by {}", self.name));
        self.peer.write_all(b"x")?;
        peer::arrives(&self.stream, 1)
    }

    /// There is no room any more for what is written to the peer.
    fn is_full(&self, log: &Log) -> io::Result<()> {
        log.note("given", format!("{} is full", self.name), "");
        self.stream.set_nonblocking(true)?;
        let mut some = &self.stream;
        while some.write(&[b'x'; 4_096]).is_ok() {}
        Ok(())
    }
}

/// Whom to watch for reading, for writing, and for something exceptional.
type Lists<'a> = [&'a [&'a Client]; 3];

/// Claims that this is the answer, by names.
fn answers(
    log: &Log,
    lists: Lists<'_>,
    timeout: Option<Duration>,
    due: [&str; 3],
) -> Result<(), Broken> {
    let fds = lists.map(|list| -> Vec<BorrowedFd<'_>> {
        list.iter().map(|client| client.stream.as_fd()).collect()
    });
    let asked = lists.map(|list| {
        let names: Vec<_> = list.iter().map(|client| client.name).collect();
        names.join(" ")
    });
    log.note("asked", in_words(&asked), "");
    let ready = select(&fds[0], &fds[1], &fds[2], timeout)?;
    let got = [(ready.read, 0), (ready.write, 1), (ready.except, 2)];
    let got = got.map(|(numbers, list)| {
        let name = |fd: &i32| {
            let mut all = lists[list].iter();
            let found = all.find(|client| client.stream.as_raw_fd() == *fd);
            found.map_or("a stranger", |client| client.name)
        };
        numbers.iter().map(name).collect::<Vec<_>>().join(" ")
    });
    let due = due.map(str::to_string);
    log.expect(Told(in_words(&due)), Told(in_words(&got)))
}

fn in_words(lists: &[String; 3]) -> String {
    let [read, write, except] = lists;
    format!("read [{read}]  write [{write}]  except [{except}]")
}

#[test]
fn who_has_sent_something_can_be_read() {
    check("11", "select")
        .because("Of all who were asked about, the answer names the ready.")
        .run(|log| {
            let (ann, mut bob) = (Client::new("ann")?, Client::new("bob")?);
            let mut carl = Client::new("carl")?;
            bob.sends(log)?;
            carl.sends(log)?;
            let all = [&ann, &bob, &carl];
            answers(log, [&all, &[], &[]], SOON, ["bob carl", "", ""])
        });
}

#[test]
fn who_has_room_can_be_written_to() {
    check("11", "select")
        .because(
            "A socket can be written to as long as its buffer has room. Ann \
             doesn't read, and hers is full.",
        )
        .run(|log| {
            let (ann, bob) = (Client::new("ann")?, Client::new("bob")?);
            ann.is_full(log)?;
            answers(log, [&[], &[&ann, &bob], &[]], SOON, ["", "bob", ""])
        });
}

#[test]
fn each_list_has_its_own_answer() {
    check("11", "select")
        .because(
            "Both are in all three lists. One can be read and not written \
             to, the other written to and not read, and nothing exceptional \
             has come: a set for each list.",
        )
        .run(|log| {
            let (mut ann, bob) = (Client::new("ann")?, Client::new("bob")?);
            ann.is_full(log)?;
            ann.sends(log)?;
            let both = [&ann, &bob];
            answers(log, [&both, &both, &both], SOON, ["ann", "bob", ""])
        });
}

#[test]
fn urgent_data_is_exceptional() {
    check("11", "select")
        .because(
            "Exceptional isn't another word for error. On TCP it is urgent \
             data: the byte that was sent with MSG_OOB (tcp(7)).",
        )
        .run(|log| {
            let (ann, mut bob) = (Client::new("ann")?, Client::new("bob")?);
            bob.sends(log)?;
            log.sent("!", "by ann, urgent");
            SockRef::from(&ann.peer).send_out_of_band(b"!")?;
            answers(log, [&[], &[], &[&ann, &bob]], SOON, ["", "", "ann"])
        });
}

#[test]
fn the_end_can_be_read() {
    check("11", "The end is an event, too")
        .because(
            "A read won't wait: it gives 0 bytes, or ECONNRESET. select says \
             no more than that, in the first list.",
        )
        .run(|log| {
            for reset in [false, true] {
                let ann = Client::new("ann")?;
                let how = if reset { "resets" } else { "closes" };
                log.afresh().note("given", format!("ann {how}"), "");
                if reset {
                    peer::reset(ann.peer.try_clone()?)?;
                }
                let Client { name, peer, stream } = ann;
                drop(peer);
                let ann = Client { name, peer: stream.try_clone()?, stream };
                answers(log, [&[&ann], &[], &[]], SOON, ["ann", "", ""])?;
            }
            Ok(())
        });
}

#[test]
fn the_order_is_that_of_the_list() {
    check("11", "select")
        .because(
            "Ask the set about those in your list, one after the other. If \
             you walk through the set, they come by their numbers.",
        )
        .run(|log| {
            let names = ["ann", "bob", "carl"].map(Client::new);
            let [ann, bob, carl] = names;
            let (mut ann, mut bob, mut carl) = (ann?, bob?, carl?);
            for client in [&mut ann, &mut bob, &mut carl] {
                client.sends(log)?;
            }
            let (some, all) = ([&bob, &carl, &ann], [&carl, &ann, &bob]);
            answers(
                log,
                [&some, &all, &[]],
                LONG,
                ["bob carl ann", "carl ann bob", ""],
            )
        });
}

#[test]
fn zero_only_looks() {
    check("11", "select")
        .because(
            "A time of zero is a time. Whoever makes `None` of it waits for \
             ever.",
        )
        .run(|log| {
            let ann = Client::new("ann")?;
            log.note("given", "nobody sends anything; a time-out of 0", "");
            answers(log, [&[&ann], &[], &[&ann]], LOOK, ["", "", ""])
        });
}

#[test]
fn a_time_is_waited_for() {
    check("11", "select")
        .because(
            "When the time is over and nobody is ready, the lists are empty. \
             And the time is what was said: take care of the units of \
             seconds and microseconds.",
        )
        .run(|log| {
            let ann = Client::new("ann")?;
            log.note("given", format!("nobody sends anything: {SHORT:?}"), "");
            let begun = Instant::now();
            answers(log, [&[&ann], &[], &[]], Some(SHORT), ["", "", ""])?;
            let took = begun.elapsed();
            if took >= SHORT {
                return Ok(());
            }
            log.note("expected", format!("a wait of {SHORT:?}"), "");
            log.broken(format!("{took:?}"))
        });
}

#[test]
fn without_a_time_it_waits_until_somebody_is_ready() {
    check("11", "select")
        .because("No time-out means for ever, and not that there is no time.")
        .run(|log| {
            let ann = Client::new("ann")?;
            let speaks = ann.peer.try_clone()?;
            log.note("given", "ann sends something, when you wait", "");
            let then = || drop((&speaks).write_all(b"x"));
            waiting::interrupted(0, then, || {
                answers(log, [&[&ann], &[], &[]], None, ["ann", "", ""])
            })?
        });
}

#[test]
fn a_signal_comes_back_as_an_error() {
    check("10", "Interrupted")
        .because(
            "signal(7): select is never restarted. Nobody was ready, and the \
             time isn't over: empty lists would say that it is.",
        )
        .run(|log| {
            let ann = Client::new("ann")?;
            log.note("given", "a signal while it waits", "");
            let got = waiting::interrupted(
                1,
                || (),
                || select(&[ann.stream.as_fd()], &[], &[], LONG),
            )?;
            let got = got.map(|ready| format!("{ready:?}"));
            log.expect(Err(ErrorKind::Interrupted), got.map_err(|e| e.kind()))
        });
}

#[test]
fn the_highest_number_is_watched_too() {
    check("11", "select")
        .because(
            "The first argument is the highest number, plus one. It is not \
             how many there are, and the number itself would leave the last \
             one out. At what lies behind it the kernel doesn't look: the \
             bits stay as they were.",
        )
        .run(|log| {
            let (bob, mut ann) = (Client::new("bob")?, Client::new("ann")?);
            for client in [&bob, &ann] {
                let number = client.stream.as_raw_fd();
                let what = format!("{}'s number is {number}", client.name);
                log.note("given", what, "");
            }
            bob.is_full(log)?;
            ann.sends(log)?;
            let both = [&bob, &ann];
            answers(log, [&both, &[], &[]], SOON, ["ann", "", ""])?;
            answers(log, [&[], &both, &[]], SOON, ["", "ann", ""])
        });
}

#[test]
fn a_number_too_large_is_refused() {
    check("11", "A thousand and twenty-four")
        .because(
            "There are three descriptors, and one has a number of 1024 or \
             more. In C, FD_SET would write behind the set's end; nix \
             panics. Look at the number before you put it into a set.",
        )
        .run(|log| {
            let (ann, bob) = (Client::new("ann")?, Client::new("bob")?);
            let far = numbered(FD_SETSIZE as i32)?;
            let list = [ann.stream.as_fd(), far.as_fd(), bob.stream.as_fd()];
            let what = format!("the number {}", far.as_raw_fd());
            let no: [BorrowedFd<'_>; 0] = [];
            for (name, [read, write, except]) in [
                ("first", [&list[..], &no, &no]),
                ("second", [&no, &list, &no]),
                ("third", [&no, &no, &list]),
            ] {
                let place = format!("{what}, in the {name} list");
                log.afresh().note("given", place, "");
                let got = select(read, write, except, LOOK);
                let got = got.map(|ready| format!("{ready:?}"));
                let got = got.map_err(|e| e.kind());
                log.expect(Err(ErrorKind::InvalidInput), got)?;
            }
            Ok(())
        });
}

#[test]
fn the_last_number_that_fits_is_taken() {
    check("11", "A thousand and twenty-four")
        .because("Numbers from 0 to 1023 fit into a set: 1024 of them.")
        .run(|log| {
            let last = numbered(FD_SETSIZE as i32 - 1)?;
            log.note("given", "the number 1023, which has room", "");
            let got = select(&[], &[last.as_fd()], &[], LOOK);
            let got = got.map(|ready| ready.write).map_err(|e| e.kind());
            log.expect(Told("Ok([1023])".into()), Told(format!("{got:?}")))
        });
}

/// A connection under this number, or a higher one. The limit on descriptors
/// is raised for it.
fn numbered(least: i32) -> Result<TcpStream, Broken> {
    const ENOUGH: u64 = 1_100;
    let (soft, hard) =
        getrlimit(Resource::RLIMIT_NOFILE).map_err(io::Error::from)?;
    if hard < ENOUGH {
        let why = format!(
            "this check needs {ENOUGH} descriptors, and the hard limit is \
             {hard}: raise it, ulimit -Hn {ENOUGH}, as root"
        );
        return Err(io::Error::other(why).into());
    }
    if soft < ENOUGH {
        setrlimit(Resource::RLIMIT_NOFILE, ENOUGH, hard)
            .map_err(io::Error::from)?;
    }
    let (_peer, stream) = peer::connection()?;
    Ok(number::at_least(least, stream)?)
}
