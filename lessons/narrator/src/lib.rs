//! How the lessons speak.
//!
//! A lesson tells its story on stdout, one fact a line: who speaks, which
//! call, what happened.
//!
//! ```text
//! client  connect    127.0.0.1:40312
//! server  recv       18 bytes
//! ```
//!
//! Trouble goes to stderr as one line that names the call and the errno:
//!
//! ```text
//! lesson-tcp: bind 127.0.0.1:8888: Address already in use (EADDRINUSE)
//! ```
//!
//! Where a machine can't do what a demo needs, [`replay`] says so, and tells
//! the recorded story.
//!
//! Start reading at [`say`].

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

use nix::errno::Errno;

/// Prints one fact: the speaker, the call, and what came of it.
///
/// Ends the process when nobody reads stdout any more, as `| head` does.
pub fn say(speaker: &str, call: &str, what: impl Display) {
    line(format_args!("{speaker:<7} {call:<10} {what}"));
}

/// Prints one line of the story that no single speaker or call owns.
///
/// Ends the process when nobody reads stdout any more, as `| head` does.
/// Another error, as of a full disk, is told before.
pub fn line(text: impl Display) {
    if let Err(error) = writeln!(io::stdout(), "{text}") {
        if error.kind() != io::ErrorKind::BrokenPipe {
            eprintln!("write to stdout: {}", explain(&error));
        }
        std::process::exit(1);
    }
}

/// Plays a recorded run in place of a demo that this machine can't do: one
/// line on stderr that says what is missing, and the remedy, and then what the
/// demo's snapshot holds.
pub fn replay(snapshot: &str, missing: impl Display, remedy: impl Display) {
    eprintln!("{}", notice(missing, remedy));
    line(transcript(snapshot).trim_end());
}

fn notice(missing: impl Display, remedy: impl Display) -> String {
    format!("This is a recorded run, since {missing}. To allow it: {remedy}.")
}

/// What an insta snapshot holds below its header: the lines from the second
/// `---` on, without the command.
fn transcript(snapshot: &str) -> &str {
    let body = snapshot.splitn(3, "---\n").nth(2).unwrap_or(snapshot);
    match body.split_once('\n') {
        Some((first, rest)) if first.starts_with("$ ") => rest,
        _ => body,
    }
}

/// The system's words for an error, and its errno: "Connection refused
/// (ECONNREFUSED)", as strerror(3) and errno(3) have them.
///
/// An error that no system call made is given in its own words.
pub fn explain(error: &io::Error) -> String {
    let words = error.to_string();
    let Some(code) = error.raw_os_error() else { return words };
    // std adds the number, "… (os error 111)"; its name says more.
    let words = words.trim_end_matches(&format!(" (os error {code})"));
    format!("{words} ({:?})", Errno::from_raw(code))
}

/// An error and what the program was doing when it happened.
#[derive(Debug)]
pub struct Trouble {
    doing: String,
    error: io::Error,
}

impl Trouble {
    /// The error itself, for a caller that must tell causes apart.
    pub fn error(&self) -> &io::Error {
        &self.error
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, explain(&self.error))
    }
}

impl std::error::Error for Trouble {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// For functions that give an [`io::Error`]: it keeps the words, and what
/// kind of error it was.
impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        io::Error::new(trouble.error.kind(), trouble)
    }
}

/// Adds to an I/O error what the program was doing:
/// `socket.bind(&addr).during("bind 127.0.0.1:8888")?`.
pub trait During<T> {
    /// Names the call, and its argument where that helps.
    fn during(self, doing: impl Display) -> Result<T, Trouble>;
}

impl<T> During<T> for io::Result<T> {
    fn during(self, doing: impl Display) -> Result<T, Trouble> {
        self.map_err(|error| Trouble { doing: doing.to_string(), error })
    }
}

impl<T> During<T> for nix::Result<T> {
    fn during(self, doing: impl Display) -> Result<T, Trouble> {
        self.map_err(io::Error::from).during(doing)
    }
}

/// Turns a program's result into its exit status, with trouble told on
/// stderr after the program's name.
pub fn finish(program: &str, result: Result<(), impl Display>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{program}: {trouble}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_names_the_call_the_cause_and_the_errno() {
        let refused = io::Error::from(Errno::ECONNREFUSED);

        let trouble =
            Err::<(), _>(refused).during("connect 127.0.0.1:9").unwrap_err();

        assert_eq!(
            trouble.to_string(),
            "connect 127.0.0.1:9: Connection refused (ECONNREFUSED)"
        );
    }

    #[test]
    fn a_notice_is_one_line_with_the_way_to_allow_it() {
        let notice = notice("io_uring is forbidden", "Linux 5.19");

        assert_eq!(
            notice,
            "This is a recorded run, since io_uring is forbidden. To allow \
             it: Linux 5.19."
        );
    }

    #[test]
    fn a_recorded_run_has_neither_header_nor_command() {
        let snapshot =
            "---\nsource: x.rs\n---\n$ cargo run -p lab\na\n---\nb\n";

        assert_eq!(transcript(snapshot), "a\n---\nb\n");
    }

    #[test]
    fn an_error_has_the_words_of_the_man_page() {
        let again = io::Error::from(Errno::EAGAIN);

        assert_eq!(
            explain(&again),
            "Resource temporarily unavailable (EAGAIN)"
        );
    }

    #[test]
    fn an_error_without_errno_keeps_its_own_words() {
        let error = io::Error::new(io::ErrorKind::InvalidData, "no length");

        assert_eq!(explain(&error), "no length");
    }
}
