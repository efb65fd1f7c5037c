//! A program without a handler, stopped and continued: signal(7),
//! "Interruption of system calls and library functions by stop signals".
//! Ctrl-Z and `fg` do that. Some calls fail with EINTR then.
//!
//! The program is this lesson's tool `waiter`: a shell doesn't wait for that
//! one, so it doesn't think that the demo was sent to the background.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use lesson_nonblocking::asleep::until;
use narrator::{During, explain, line, say};
use nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The program that is running, wherever its file is: proc(5).
const MYSELF: &str = "/proc/self/exe";

// ANCHOR: stopped
/// Stops it when it waits, continues it, and tells what it says.
pub fn run() -> io::Result<()> {
    let mut waiter = Waiter::start()?;
    waiter.word()?;
    let waits = || Ok(matches!(waiter.state()?, 'S' | 'Z'));
    until(waits, || "the program doesn't wait".into())?;

    kill(waiter.id(), Signal::SIGSTOP)?;
    let stopped = || Ok(matches!(waiter.state()?, 'T' | 'Z'));
    until(stopped, || "the program wasn't stopped".into())?;
    say("signal", "SIGSTOP", "a program without a handler stands still");
    kill(waiter.id(), Signal::SIGCONT)?;
    say("signal", "SIGCONT", "it goes on");
    say("program", "epoll_wait", waiter.word()?);
    Ok(())
}
// ANCHOR_END: stopped

/// The tool: waits for its stdin, and says what came of it.
pub fn wait() -> io::Result<()> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll
        .add(io::stdin(), EpollEvent::new(EpollFlags::EPOLLIN, 0))
        .during("watch stdin, which must be a pipe or a terminal")?;
    line("waits");
    match epoll.wait(&mut [EpollEvent::empty()], EpollTimeout::NONE) {
        Ok(_) => line("stdin has ended"),
        Err(error) => line(explain(&error.into())),
    }
    Ok(())
}

/// A program of its own, whose stdin ends with this one.
struct Waiter {
    child: Child,
    story: BufReader<ChildStdout>,
}

impl Waiter {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(MYSELF)
            .arg("waiter")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let story = child.stdout.take();
        let story = story.ok_or_else(|| io::Error::other("no pipe"))?;
        Ok(Waiter { child, story: BufReader::new(story) })
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// S where it sleeps, T where it is stopped, Z where it has ended:
    /// proc_pid_stat(5).
    fn state(&self) -> io::Result<char> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id()))?;
        let state = stat.rsplit_once(") ").and_then(|(_, s)| s.chars().next());
        state.ok_or_else(|| io::Error::other("no state"))
    }

    /// The next thing that it says.
    fn word(&mut self) -> io::Result<String> {
        let mut word = String::new();
        self.story.read_line(&mut word)?;
        Ok(word.trim_end().to_string())
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        // On an error, nothing stays behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
