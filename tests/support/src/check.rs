//! How an exercise's checks are written, timed and told.
//!
//! A check makes one claim about the learner's code. When the claim does not
//! hold, the check says what was sent, what was due, what came back, why it
//! matters, and which section of the book explains it:
//!
//! ```text
//!   sent      00 00 00 05 68 65 6c 6c 6f        one byte at a time
//!   expected  "hello"
//!   got       ""
//!   Your reader took one read for one message. A read returns what has
//!   arrived so far: between 1 byte and all of it.
//!   → chapter 05, "One message, many reads"
//! ```
//!
//! The learner's code runs on a thread of its own and is given [`LIMIT`].
//! Code that waits for ever or loops without end is cut off with the reason.
//!
//! Start reading at [`check`].

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, Once};
use std::thread;
use std::time::Duration;

/// How long the code under check may take.
pub const LIMIT: Duration = Duration::from_secs(5);

/// The environment variable that names a folder for the reports of checks
/// that failed or were left out, each in a file under the check's name.
pub const REPORT: &str = "WORKBOOK_REPORT";

/// The widest line of a report.
const WIDTH: usize = 76;

/// Begins a check, and names the section of the book that explains it:
/// `check("05", "One message, many reads")`.
pub fn check(chapter: &'static str, section: &'static str) -> Check {
    Check { chapter, section, why: "", log: Log::default() }
}

/// What a check does, once it has begun.
type Body = Box<dyn FnOnce(&Log) -> Result<(), Broken> + Send>;

/// One claim about the learner's code.
pub struct Check {
    chapter: &'static str,
    section: &'static str,
    why: &'static str,
    log: Log,
}

impl Check {
    /// Notes the bytes that the peer sends, and how it sends them.
    pub fn sent(self, bytes: impl AsRef<[u8]>, how: &str) -> Self {
        self.log.sent(bytes, how);
        self
    }

    /// Notes any other circumstance under a label of at most nine letters.
    pub fn given(self, label: &'static str, what: impl Into<String>) -> Self {
        self.log.note(label, what, "");
        self
    }

    /// Says why the claim matters; told only when it does not hold.
    pub fn because(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// Claims that the learner's code answers with `expected`.
    #[track_caller]
    pub fn expect<T>(
        self,
        expected: T,
        answer: impl FnOnce() -> T + Send + 'static,
    ) where
        T: PartialEq + Show + Send + 'static,
    {
        self.run(move |log| log.expect(expected, answer()));
    }

    /// Claims that a conversation with the learner's code goes as told. The
    /// log shows the learner what had been said when it went wrong.
    #[track_caller]
    pub fn run(
        self,
        body: impl FnOnce(&Log) -> Result<(), Broken> + Send + 'static,
    ) {
        self.run_boxed(Box::new(body));
    }

    /// Compiled once, not again for every check: a learner waits for it.
    fn run_boxed(self, body: Body) {
        let log = self.log.clone();
        let (done, ended) = mpsc::channel();
        keep_panics_for_the_report();
        thread::spawn(move || {
            PANIC.set(Some(String::new()));
            let end = panic::catch_unwind(AssertUnwindSafe(|| body(&log)));
            let panicked = PANIC.take().unwrap_or_default();
            // The receiver is gone when the limit was exceeded.
            let _ = done.send(end.map_err(|cause| (cause, panicked)));
        });
        match ended.recv_timeout(LIMIT) {
            Ok(Ok(Ok(()))) => return self.log.tell_left_out(),
            Ok(Ok(Err(Broken(None)))) => {}
            Ok(Ok(Err(Broken(Some(trouble))))) => {
                self.log.note("trouble", trouble, "");
            }
            Ok(Err((cause, panicked))) => {
                self.log.note("got", told_of_panic(&*cause, &panicked), "");
            }
            Err(RecvTimeoutError::Timeout) => self.log.note(
                "got",
                format!(
                    "no answer: still running after {} s, and cut off",
                    LIMIT.as_secs()
                ),
                "",
            ),
            Err(RecvTimeoutError::Disconnected) => {
                self.log.note("got", "no answer: the thread ended", "");
            }
        }
        self.fail()
    }

    /// Tells the report and fails the test without a word from the panic
    /// hook, so that the report stands alone: on stderr, or in the folder
    /// that the runner named, apart from what the learner's code prints.
    fn fail(self) -> ! {
        tell(&self.report());
        panic::resume_unwind(Box::new("the check failed"))
    }

    fn report(&self) -> String {
        let mut text = self.log.lines();
        // Whoever has written nothing yet has got nothing wrong.
        if !text.contains(UNWRITTEN) {
            text += &wrap(self.why);
        }
        text += &format!("→ chapter {}, \"{}\"\n", self.chapter, self.section);
        text
    }
}

/// Tells a report of the test that this thread runs.
fn tell(report: &str) {
    // libtest gives a test's thread the test's name: checks::NAME.
    let name = thread::current().name().map(str::to_string);
    let name = name.as_deref().and_then(|name| name.split("::").last());
    let kept =
        std::env::var_os(REPORT).zip(name).is_some_and(|(folder, name)| {
            let file = Path::new(&folder).join(name);
            std::fs::write(file, report).is_ok()
        });
    if !kept {
        eprint!("{report}");
    }
}

/// The conversation so far, told when the check fails.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Row>>>);

struct Row {
    label: &'static str,
    what: String,
    how: String,
}

impl Log {
    /// Notes bytes that the peer sent, and how.
    pub fn sent(&self, bytes: impl AsRef<[u8]>, how: &str) {
        self.note("sent", bytes.as_ref().show(), how);
    }

    /// Notes bytes that came from the learner's code.
    pub fn got(&self, bytes: impl AsRef<[u8]>) {
        self.note("got", bytes.as_ref().show(), "");
    }

    /// Notes a fact under a label of at most nine letters.
    pub fn note(
        &self,
        label: &'static str,
        what: impl Into<String>,
        how: &str,
    ) {
        let row = Row { label, what: what.into(), how: how.to_string() };
        self.0.lock().unwrap_or_else(|e| e.into_inner()).push(row);
    }

    /// Forgets what has been noted, so that of many attempts the one that
    /// went wrong stands alone in the report.
    pub fn afresh(&self) -> &Self {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).clear();
        self
    }

    /// Runs a server of the learner's on a thread of its own, while the
    /// check plays the client. A server goes on for ever: when it returns or
    /// panics, the report will say so. What `serve` owns (the listener) stays
    /// open until that is noted, so that no client sees the end before.
    pub fn beside<T: Debug>(
        &self,
        name: &'static str,
        mut serve: impl FnMut() -> T + Send + 'static,
    ) {
        let log = self.clone();
        thread::spawn(move || {
            PANIC.set(Some(String::new()));
            let end = panic::catch_unwind(AssertUnwindSafe(&mut serve));
            let told = match end {
                Ok(end) => format!("{name} returned {end:?}"),
                Err(cause) => {
                    told_of_panic(&*cause, &PANIC.take().unwrap_or_default())
                }
            };
            log.note("server", told, "");
        });
    }

    /// Runs code of the learner's on a thread of its own, and gives its
    /// answer when it comes. A panic is noted; then no answer comes.
    pub fn aside<T: Send + 'static>(
        &self,
        code: impl FnOnce() -> T + Send + 'static,
    ) -> Receiver<T> {
        let log = self.clone();
        let (answer, answers) = mpsc::channel();
        thread::spawn(move || {
            PANIC.set(Some(String::new()));
            match panic::catch_unwind(AssertUnwindSafe(code)) {
                // The receiver is gone when the check has seen enough.
                Ok(value) => drop(answer.send(value)),
                Err(cause) => {
                    let place = PANIC.take().unwrap_or_default();
                    log.note("trouble", told_of_panic(&*cause, &place), "");
                    drop(answer);
                }
            }
        });
        answers
    }

    /// Claims that two values are the same; notes both where they differ.
    pub fn expect<T: PartialEq + Show>(
        &self,
        expected: T,
        got: T,
    ) -> Result<(), Broken> {
        if expected == got {
            return Ok(());
        }
        self.note("expected", expected.show(), "");
        self.note("got", got.show(), "");
        Err(Broken(None))
    }

    /// Ends the check: what was due did not happen, for the reason given.
    pub fn broken<T>(&self, got: impl Into<String>) -> Result<T, Broken> {
        self.note("got", got, "");
        Err(Broken(None))
    }

    /// Ends a check that this machine can't make, and says why. It counts as
    /// passed; where `CI` is set it has failed.
    pub fn leave_out(&self, why: impl Into<String>) -> Result<(), Broken> {
        self.note(LEFT_OUT, why, "");
        match std::env::var_os("CI") {
            Some(_) => Err(Broken::told()),
            None => Ok(()),
        }
    }

    fn tell_left_out(&self) {
        let rows = self.0.lock().unwrap_or_else(|e| e.into_inner());
        for row in rows.iter().filter(|row| row.label == LEFT_OUT) {
            tell(&wrap(&row.what));
            MISSED.set(true);
        }
    }

    pub(crate) fn lines(&self) -> String {
        let rows = self.0.lock().unwrap_or_else(|e| e.into_inner());
        rows.iter().map(Row::line).collect()
    }
}

impl Row {
    fn line(&self) -> String {
        let (label, what, how) = (self.label, &self.what, &self.how);
        let gap = match what.chars().count().max(32) + how.chars().count() {
            ..=WIDTH => "  ".to_string(),
            _ if how.is_empty() => String::new(),
            _ => format!("\n{:10}", ""),
        };
        let row = format!("{label:<9} {what:<32}{gap}{how}");
        let lines = row.lines().map(|line| line.trim_end().to_string() + "\n");
        lines.collect()
    }
}

/// A claim that did not hold, with the trouble that kept it from being
/// examined, if any. `?` makes one of an I/O error.
#[derive(Debug)]
pub struct Broken(Option<String>);

impl Broken {
    /// A claim that did not hold, for reasons that the log has by now.
    pub fn told() -> Self {
        Broken(None)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken(Some(narrator::explain(&error)))
    }
}

thread_local! {
    /// On a thread that runs learner's code: what its panic said.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };

    /// On a thread that runs a check: whether it was left out.
    static MISSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread has left out a check, see [`Log::leave_out`]: then its
/// pass says nothing.
pub fn was_left_out() -> bool {
    MISSED.get()
}

/// Lets a panic of the learner's code appear in the report, with its place,
/// and not a second time in the panic hook's words.
fn keep_panics_for_the_report() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if PANIC.with_borrow(Option::is_none) {
                return usual(info);
            }
            let place = info.location().map(ToString::to_string);
            PANIC.set(Some(place.unwrap_or_default()));
        }));
    });
}

/// Ends the check from inside a peer, where the learner's code would go on
/// for ever: the report says why, at once, where it would have been cut off
/// after [`LIMIT`].
pub fn give_up(why: impl Into<String>) -> ! {
    panic::resume_unwind(Box::new(GivenUp(why.into())))
}

struct GivenUp(String);

/// The label of what a machine can't do.
const LEFT_OUT: &str = "left out";

/// What is told of code that is still a stub.
const UNWRITTEN: &str = "todo!(): not written yet";

fn told_of_panic(cause: &(dyn Any + Send), place: &str) -> String {
    if let Some(GivenUp(why)) = cause.downcast_ref() {
        return why.clone();
    }
    let message = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    if message.starts_with("not yet implemented") {
        return format!("{UNWRITTEN}, {place}");
    }
    format!("a panic at {place}: {message}")
}

fn wrap(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.len() >= WIDTH {
            lines += &format!("{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    if !line.is_empty() {
        lines += &format!("{line}\n");
    }
    lines
}

/// How a value is shown to the learner: text in quotes, other bytes in hex,
/// the rest as `{:?}` has it.
pub trait Show {
    /// The value as the report shows it.
    fn show(&self) -> String;
}

/// Text longer than this, in bytes, is cut in a report.
const LONGEST: usize = 48;

/// So are other bytes, which take three columns each.
const LONGEST_HEX: usize = 16;

/// And a dump of bytes.
const LONGEST_DUMP: usize = 64;

impl Show for [u8] {
    fn show(&self) -> String {
        let readable = |b: &u8| matches!(b, b' '..=b'~' | b'\r' | b'\n');
        let head = &self[..self.len().min(LONGEST)];
        let (mut text, shown) = if head.iter().all(readable) {
            (format!("{:?}", String::from_utf8_lossy(head)), head.len())
        } else {
            let head = &self[..self.len().min(LONGEST_HEX)];
            let pairs: Vec<_> =
                head.iter().map(|b| format!("{b:02x}")).collect();
            (pairs.join(" "), head.len())
        };
        if self.len() > shown {
            text += &format!(" … {} bytes in all", self.len());
        }
        text
    }
}

/// Bytes in hex, whatever they are: sixteen to a row, and whole where there
/// are no more than 64. For headers and frames, where each byte counts.
pub fn dump(bytes: &[u8]) -> String {
    let row = |row: &[u8]| {
        let pairs: Vec<_> = row.iter().map(|b| format!("{b:02x}")).collect();
        pairs.join(" ")
    };
    let head = &bytes[..bytes.len().min(LONGEST_DUMP)];
    let rows: Vec<_> = head.chunks(LONGEST_HEX).map(row).collect();
    let gap = format!("\n{:10}", "");
    let text = rows.join(&gap);
    match bytes.len() {
        0 => "no bytes".to_string(),
        all if all > head.len() => format!("{text}{gap}… {all} bytes in all"),
        _ => text,
    }
}

/// Bytes that are shown by [`dump`], in hex whatever they are.
#[derive(PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl Show for Bytes {
    fn show(&self) -> String {
        dump(&self.0)
    }
}

/// A value that the check has put into words, shown as they are.
#[derive(PartialEq)]
pub struct Told(pub String);

impl Show for Told {
    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Show for Vec<u8> {
    fn show(&self) -> String {
        self[..].show()
    }
}

impl<const N: usize> Show for [u8; N] {
    fn show(&self) -> String {
        self[..].show()
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> String {
        (**self).show()
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> String {
        let items: Vec<_> = self.iter().map(Show::show).collect();
        format!("[{}]", items.join(", "))
    }
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> String {
        match self {
            Some(value) => format!("Some({})", value.show()),
            None => "None".to_string(),
        }
    }
}

impl<T: Show, E: Debug> Show for Result<T, E> {
    fn show(&self) -> String {
        match self {
            Ok(value) => format!("Ok({})", value.show()),
            Err(error) => format!("Err({error:?})"),
        }
    }
}

impl<A: Show, B: Show> Show for (A, B) {
    fn show(&self) -> String {
        format!("({}, {})", self.0.show(), self.1.show())
    }
}

/// Shows values as `{:?}` has them.
#[macro_export]
macro_rules! show_as_debug {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::check::Show for $type {
            fn show(&self) -> String {
                format!("{self:?}")
            }
        })+
    };
}

show_as_debug!(
    (),
    bool,
    char,
    str,
    String,
    i32,
    i64,
    u16,
    u32,
    u64,
    u128,
    usize
);
show_as_debug!(io::ErrorKind, Duration);

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(check: Check, body: fn(&Log) -> Result<(), Broken>) -> String {
        let log = check.log.clone();
        let result = panic::catch_unwind(AssertUnwindSafe(|| check.run(body)));
        assert!(result.is_err(), "the check passed");
        log.lines()
    }

    #[test]
    fn a_report_says_what_was_sent_due_and_got_and_where_to_read() {
        let claim = check("05", "One message, many reads")
            .sent(b"\0\0\0\x05hello", "one byte at a time")
            .because("Your reader took one read for one message.");
        claim.log.expect(b"hello".to_vec(), Vec::new()).unwrap_err();

        assert_eq!(
            claim.report(),
            "sent      00 00 00 05 68 65 6c 6c 6f        one byte at a time\n\
             expected  \"hello\"\n\
             got       \"\"\n\
             Your reader took one read for one message.\n\
             → chapter 05, \"One message, many reads\"\n"
        );
    }

    #[test]
    fn a_claim_that_holds_passes() {
        check("00", "none").expect(2, || 1 + 1);
    }

    #[test]
    fn a_stub_is_told_from_a_crash() {
        let stub = failing(check("00", "none"), |_| todo!());
        let crash = failing(check("00", "none"), |_| panic!("no room"));

        assert!(stub.contains("todo!(): not written yet, tests/support"));
        assert!(crash.contains("a panic at tests/support"), "{crash}");
        assert!(crash.contains("no room"), "{crash}");
    }

    #[test]
    fn of_many_attempts_the_failed_one_stands_alone() {
        let told = failing(check("00", "none"), |log| {
            for byte in *b"abc" {
                log.afresh().sent([byte], "");
                log.expect(b'b' >= byte, true)?;
            }
            Ok(())
        });

        assert_eq!(told, "sent      \"c\"\nexpected  false\ngot       true\n");
    }

    #[test]
    fn a_stub_is_not_told_of_mistakes() {
        let claim = check("00", "none").because("You read once.");
        claim.log.note("got", format!("{UNWRITTEN}, exercise.rs:3"), "");

        assert!(!claim.report().contains("You read once."));
    }

    #[test]
    fn an_io_error_is_told_as_trouble() {
        let told = failing(check("00", "none"), |_| {
            Err(io::Error::from_raw_os_error(104))?
        });

        assert_eq!(told, "trouble   Connection reset by peer (ECONNRESET)\n");
    }

    #[test]
    fn a_hang_is_cut_off_with_the_reason() {
        let told = failing(check("00", "none"), |_| {
            loop {
                thread::park();
            }
        });

        assert!(told.contains("still running after 5 s"), "{told}");
    }

    #[test]
    fn a_peer_that_gives_up_says_why() {
        let told = failing(check("00", "none"), |_| give_up("round in rings"));

        assert_eq!(told, "got       round in rings\n");
    }

    #[test]
    fn a_server_that_ends_is_noted_before_its_clients_notice() {
        let told = failing(check("00", "none"), |log| {
            let (owned, client) = mpsc::channel::<()>();
            log.beside("serve", move || owned.send(()).is_err());
            while client.recv().is_ok() {}
            log.broken("the end")
        });

        assert_eq!(told, "server    serve returned false\ngot       the end\n");
    }

    #[test]
    fn code_aside_answers_or_its_panic_is_told() {
        let told = failing(check("00", "none"), |log| {
            log.expect(Ok(3), log.aside(|| 1 + 2).recv())?;
            let nothing = log.aside(|| panic!("no room")).recv();
            log.expect(Ok(()), nothing)
        });

        assert!(told.starts_with("trouble   a panic at tests/"), "{told}");
        assert!(told.contains("no room\nexpected  Ok(())\n"), "{told}");
    }

    #[test]
    fn a_dump_shows_sixteen_bytes_a_row() {
        let log = Log::default();
        log.note("bytes", dump(&[0xab; 20]), "");
        let row = "ab ".repeat(16);

        assert_eq!(
            log.lines(),
            format!("bytes     {}\n          ab ab ab ab\n", row.trim_end())
        );
        assert!(dump(&[0; 65]).ends_with("00\n          … 65 bytes in all"));
        assert_eq!(dump(b""), "no bytes");
    }

    #[test]
    fn readable_bytes_and_words_can_be_shown_without_quotes() {
        assert_eq!(b"ab".show(), "\"ab\"");
        assert_eq!(Bytes(b"ab".to_vec()).show(), "61 62");
        assert_eq!(Told("a b".into()).show(), "a b");
    }

    #[test]
    fn long_bytes_are_cut_and_counted() {
        assert!(vec![0u8; 5000].show().ends_with("00 … 5000 bytes in all"));
    }
}
