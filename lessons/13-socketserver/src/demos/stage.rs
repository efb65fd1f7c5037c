//! What the demos do with a server: start it as a process of its own, talk
//! to it, stop it; and waits for the kernel's state, each with an end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lesson_unix_sockets::rights::keep_from_children;
use narrator::line;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long anything may take, on a busy machine.
pub const LONG: Duration = Duration::from_secs(60);

/// The tool `serve` in a process.
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What it said after "listening on".
    address: String,
}

/// Names the server that the next lines are about.
pub fn name(model: &str, more: &[&str]) {
    line([&["--model", model], more].concat().join(" "));
}

/// How it ended, and what it had said.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// The rest of its stdout.
    pub told: String,
    /// Its stderr.
    pub trouble: String,
}

impl Running {
    /// Starts `serve` with these arguments, and waits until it listens.
    pub fn start(arguments: &[&str]) -> io::Result<Self> {
        // The server's own numbers begin at 3, whoever has started this.
        keep_from_children();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.unwrap_or_default().to_string();
        Ok(Running { child, stdout, address })
    }

    /// The same at a port of loopback, by a model.
    pub fn model(model: &str, more: &[&str]) -> io::Result<Self> {
        let first = ["127.0.0.1:0", "--trouble", "--model", model];
        Running::start(&[&first, more].concat())
    }

    /// The number of its process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32)
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.address.parse().map_err(io::Error::other)
    }

    /// A new client of it.
    pub fn client(&self) -> io::Result<Client> {
        Client::connect(self.address()?)
    }

    /// Asks it for its end: SIGTERM.
    pub fn ask(&self) -> io::Result<()> {
        Ok(kill(self.pid(), Signal::SIGTERM)?)
    }

    /// Asks it, and waits for the end.
    pub fn stop(self) -> io::Result<Ended> {
        self.ask()?;
        self.ended()
    }

    /// Waits for its end.
    pub fn ended(mut self) -> io::Result<Ended> {
        let (mut told, mut trouble) = (String::new(), String::new());
        self.stdout.read_to_string(&mut told)?;
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut trouble)?;
        }
        let told = told.trim_end().to_string();
        Ok(Ended { status: self.child.wait()?, told, trouble })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that asks by lines.
pub struct Client {
    /// What it reads from.
    pub stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects; no wait is longer than a minute.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LONG))?;
        Ok(Client { stream: BufReader::new(stream) })
    }

    /// Sends a line, and doesn't wait.
    pub fn send(&mut self, line: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    /// The next line; an empty one is the end.
    pub fn read(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_string())
    }

    /// Both.
    pub fn ask(&mut self, line: &str) -> io::Result<String> {
        self.send(line)?;
        self.read()
    }

    /// Says that it has no more to ask, and waits until the server has
    /// closed, too.
    pub fn leave(mut self) -> io::Result<()> {
        self.stream.get_ref().shutdown(Shutdown::Write)?;
        self.read().map(drop)
    }

    /// Its own address, as the server sees it.
    pub fn name(&self) -> io::Result<String> {
        Ok(self.stream.get_ref().local_addr()?.to_string())
    }
}

/// Waits for what the kernel will bring about: at most a minute.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) -> io::Result<()> {
    let end = Instant::now() + LONG;
    while !is_so() {
        if Instant::now() > end {
            return Err(io::Error::other(format!("{what}: not in a minute")));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// What the server said on stderr about its clients, without their ports.
pub fn about_clients(trouble: &str) -> Vec<String> {
    let ours = |line: &str| {
        let (_, what) = line.strip_prefix("client ")?.split_once(": ")?;
        Some(what.to_string())
    };
    trouble.lines().filter_map(ours).collect()
}
