//! One session of FTP, and both of its connections, step by step.
//!
//! One thread is both ends: the client says a line, and then the server's
//! session takes a turn. So each step is over before the next one begins, and
//! what the kernel says of the sockets is the same in every run.

use std::cell::RefCell;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use clap::Args;
use lesson_ftp::Folder;
use lesson_ftp::rfc959::{Event, Patience, Reply, Session};
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};
use serde::Serialize;

use super::ANY;
use super::asking::Asking;
use super::sockets::{Known, Socket, look};
use super::stage::LONG;

/// How to tell it.
#[derive(Args, Default)]
pub struct Record {
    /// Print the data that the book's widget shows
    #[arg(long)]
    json: bool,
}

const NOTES: &str = "two connections: one to talk, one for files\n";

/// A list by EPSV, and a file by PASV.
pub fn run(record: Record) -> io::Result<()> {
    let scratch = Scratch::new()?;
    fs::write(scratch.path("notes.txt"), NOTES)?;
    fs::write(scratch.path("song"), "la la la\n")?;
    let folder = Folder::open(scratch.here())?;
    let stage = Stage::new(!record.json);
    let story = Rc::new(RefCell::new(stage));
    play(&folder, &story)?;
    if record.json {
        let steps = &story.borrow().steps;
        let title = "One session of FTP";
        let recording = Recording { demo: "two-connections", title, steps };
        let text = serde_json::to_string_pretty(&recording);
        line(text.map_err(io::Error::other)?);
    }
    Ok(())
}

type Story = Rc<RefCell<Stage>>;

// ANCHOR: play
fn play(folder: &Folder, story: &Story) -> io::Result<()> {
    let listener = TcpListener::bind(ANY)?;
    let server = listener.local_addr()?;
    story.borrow_mut().listens("control", server)?;
    let mut client = Asking::connect(server)?;
    story.borrow_mut().connected(client.stream.local_addr()?)?;
    let (control, _) = listener.accept()?;
    story.borrow_mut().step(["server", "control", "accept"], "", "")?;
    let told = story.clone();
    let mut session = Session::told(
        control,
        folder,
        Patience::default(),
        Box::new(move |event| told.borrow_mut().tell(event)),
    )?;
    session.greet()?;
    client.reply()?;
    let mut ask = |line: &str| ask(line, &mut client, &mut session, story);
    ask("USER anonymous")?;
    ask("PASS guest")?;
    transfer("EPSV", "NLST", &mut ask, story)?;
    ask("TYPE I")?;
    transfer("PASV", "RETR notes.txt", &mut ask, story)?;
    ask("QUIT")?;
    drop(session);
    story.borrow_mut().closed("server", "control")?;
    drop(client);
    story.borrow_mut().closed("client", "control")
}

/// One data connection: who listens, who connects, who closes it.
fn transfer(
    passive: &str,
    command: &str,
    ask: &mut impl FnMut(&str) -> io::Result<Option<TcpStream>>,
    story: &Story,
) -> io::Result<()> {
    let data = ask(passive)?.ok_or(ErrorKind::InvalidData)?;
    story.borrow_mut().connected(data.local_addr()?)?;
    story.borrow_mut().data = Some(data);
    ask(command)?;
    let mut story = story.borrow_mut();
    let mut data = story.data.take().ok_or(ErrorKind::NotConnected)?;
    let count = data.read_to_end(&mut Vec::new())?;
    let what = format!("{count} bytes: the end");
    let why = "The end of the connection is the end of what it carried.";
    story.note(["client", "data", "recv"], &what, "", why)?;
    drop(data);
    story.closed("client", "data")
}
// ANCHOR_END: play

/// The client says a line, the server has its turn, the client reads what it
/// has said: the data connection that this leads to, if any.
fn ask(
    line: &str,
    client: &mut Asking,
    session: &mut Session<'_>,
    story: &Story,
) -> io::Result<Option<TcpStream>> {
    client.say(line)?;
    story.borrow_mut().said(line)?;
    session.turn()?;
    story.borrow_mut().trouble()?;
    let mut reply = client.reply()?;
    while reply.is_preliminary() {
        reply = client.reply()?;
    }
    match reply.code {
        227 | 229 => client.data(&reply).map(Some),
        200..400 => Ok(None),
        _ => Err(io::Error::other(reply.to_string())),
    }
}

/// The story so far, and who takes part in it.
struct Stage {
    aloud: bool,
    known: Vec<Known>,
    /// Addresses and ports, and what stands for them in the recording.
    words: Vec<(String, String)>,
    /// The states that both ends of the two connections will soon have.
    due: [[&'static str; 2]; 2],
    /// The client's end of the data connection.
    data: Option<TcpStream>,
    steps: Vec<Step>,
    /// What went wrong while the session told of an event.
    failed: Option<io::Error>,
}

/// Who does it, over which connection, by which call.
type Act = [&'static str; 3];

const GONE: &str = "";

impl Stage {
    fn new(aloud: bool) -> Self {
        Stage {
            aloud,
            known: Vec::new(),
            words: Vec::new(),
            due: [[GONE; 2]; 2],
            data: None,
            steps: Vec::new(),
            failed: None,
        }
    }

    fn listens(
        &mut self,
        name: &'static str,
        at: SocketAddr,
    ) -> io::Result<()> {
        // What is left of a data connection before is of no interest.
        self.known.retain(|it| it.name != name);
        self.known.push(Known { name, client: None, server: at });
        self.due[index(name)] = [GONE; 2];
        self.name(at, &["ftp", "p", "q"]);
        let why = match name {
            "data" => "For one connection only, at a port of its own.",
            _ => {
                "The one port that everybody knows. With a right to do so, \
                  it would be 21."
            }
        };
        self.note(["server", name, "listen"], &at.to_string(), "", why)
    }

    /// The client has connected to what was listened to last.
    fn connected(&mut self, from: SocketAddr) -> io::Result<()> {
        let Some(last) = self.known.last_mut() else { return Ok(()) };
        last.client = Some(from);
        let (name, server) = (last.name, last.server);
        self.due[index(name)] = ["ESTABLISHED"; 2];
        self.name(from, &["a", "b", "c"]);
        let why = match name {
            "data" => {
                "The client connects here, too: so it works from \
                       behind a firewall, or an address that is translated."
            }
            _ => "The control connection: it stays to the end.",
        };
        self.note(["client", name, "connect"], &server.to_string(), "", why)
    }

    fn said(&mut self, line: &str) -> io::Result<()> {
        let why = match line.split(' ').next().unwrap_or(line) {
            "USER" => "Lines of text, as in a terminal.",
            "PASS" => "Anybody on the way can read it: RFC 2577.",
            "EPSV" => {
                "Where do you listen for a data connection? RFC 2428, \
                       section 3."
            }
            "PASV" => "The same question, in the words of RFC 959: IPv4 only.",
            "NLST" => {
                "The names in this folder. They will not come over \
                       this connection."
            }
            "RETR" => "A file. It will not come over this connection.",
            "TYPE" => "Its bytes as they are.",
            _ => "Goodbye.",
        };
        let act = ["client", "control", "send"];
        self.note(act, line, &format!("{line}\r\n"), why)
    }

    /// What the server does in its turn.
    fn tell(&mut self, event: Event<'_>) {
        let told = match event {
            Event::Heard(_) | Event::Received(_) | Event::Stranger(_) => Ok(()),
            Event::Said(reply) => self.replied(reply),
            Event::Listens(at) => self.listens("data", at),
            Event::Accepted(from) => {
                let why = "From the address that the control connection \
                           comes from: others are turned away.";
                let from = format!("→ {from}");
                self.step(["server", "data", "accept"], &from, why)
            }
            Event::Sent(count) => self.sent(count),
            Event::Closed => self.closed("server", "data"),
        };
        self.failed = self.failed.take().or(told.err());
    }

    /// What happened while the server had its turn.
    fn trouble(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    fn replied(&mut self, reply: &Reply) -> io::Result<()> {
        let why = match reply.code {
            150 => "1yz: something begins, and another reply will follow.",
            220 => "The server speaks first.",
            221 | 226 | 230 => "2yz: done.",
            227 => {
                "Four bytes of an address and two of a port: the high one \
                    times 256, and the low one."
            }
            229 => {
                "A port, and no address: it is this host, whatever its \
                    address is from here."
            }
            331 => "3yz: go on, something is missing.",
            _ => "2yz: as you wish.",
        };
        let bytes = reply.to_string();
        self.note(["server", "control", "send"], bytes.trim_end(), &bytes, why)
    }

    /// The client has what the server has sent.
    fn sent(&mut self, count: u64) -> io::Result<()> {
        let data = self.data.as_mut().ok_or(ErrorKind::NotConnected)?;
        let mut bytes = Vec::new();
        data.take(count).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let shown = format!("{text:?}");
        let why = "Bytes and nothing else: no count before them, no mark \
                   behind them.";
        self.note(["server", "data", "send"], &shown, &text, why)?;
        let why = "Is that all? Only the end of the connection tells.";
        self.step(["client", "data", "recv"], &format!("{count} bytes"), why)
    }

    fn closed(
        &mut self,
        who: &'static str,
        name: &'static str,
    ) -> io::Result<()> {
        let (due, why) = match who {
            "server" => (
                ["CLOSE-WAIT", "FIN-WAIT-2"],
                "Who closes first sends the first FIN.",
            ),
            _ => (
                [GONE, "TIME-WAIT"],
                "The server closed first, so it is the server that waits.",
            ),
        };
        self.due[index(name)] = due;
        self.step([who, name, "close"], "", why)
    }

    fn step(&mut self, act: Act, what: &str, why: &str) -> io::Result<()> {
        self.note(act, what, "", why)
    }

    /// Tells a step, and notes what sockets there are after it.
    fn note(
        &mut self,
        [who, connection, call]: Act,
        what: &str,
        bytes: &str,
        why: &str,
    ) -> io::Result<()> {
        if self.aloud {
            let text = format!("{connection:<8} {what}");
            say(who, call, text.trim_end());
        }
        let [client, server] = self.settled()?;
        let sockets = Sockets { client, server };
        let (bytes, why) = (self.symbolic(bytes), why.to_string());
        self.steps.push(Step { who, connection, call, bytes, why, sockets });
        Ok(())
    }

    /// The sockets, when both ends know what was done: a FIN has arrived.
    fn settled(&self) -> io::Result<[Vec<Socket>; 2]> {
        let end = Instant::now() + LONG;
        loop {
            let ends = look(&self.known);
            if self.is_due(&ends) {
                return Ok(ends.map(|it| self.named(it)));
            }
            if Instant::now() > end {
                let text = format!("sockets are {ends:?}, not {:?}", self.due);
                return Err(io::Error::new(ErrorKind::TimedOut, text));
            }
            thread::yield_now();
        }
    }

    fn is_due(&self, ends: &[Vec<Socket>; 2]) -> bool {
        let state = |name: &str, end: usize| {
            let socket = ends[end].iter().find(|it| it.name == name);
            socket.map_or(GONE, |it| it.state)
        };
        ["control", "data"]
            .iter()
            .enumerate()
            .all(|(at, name)| [state(name, 0), state(name, 1)] == self.due[at])
    }

    fn named(&self, sockets: Vec<Socket>) -> Vec<Socket> {
        let name = |mut socket: Socket| {
            socket.local = self.symbolic(&socket.local);
            socket.peer = self.symbolic(&socket.peer);
            socket
        };
        sockets.into_iter().map(name).collect()
    }

    /// A word for a port, in all forms in which it comes up: the first one
    /// that isn't taken.
    fn name(&mut self, at: SocketAddr, words: &[&str]) {
        let (port, [p1, p2]) = (at.port(), at.port().to_be_bytes());
        let taken = |word: &str| {
            let form = format!("127.0.0.1:<{word}>");
            self.words.iter().any(|(_, to)| *to == form)
        };
        let free = words.iter().find(|it| !taken(it));
        let Some(word) = free else { return };
        self.words.extend([
            (
                format!("(127,0,0,1,{p1},{p2})"),
                format!("(127,0,0,1,<{word} / 256>,<{word} mod 256>)"),
            ),
            (format!("(|||{port}|)"), format!("(|||<{word}>|)")),
            (at.to_string(), format!("127.0.0.1:<{word}>")),
        ]);
    }

    fn symbolic(&self, text: &str) -> String {
        let replace = |text: String, (from, to): &(String, String)| {
            text.replace(from, to)
        };
        self.words.iter().fold(text.to_string(), replace)
    }
}

fn index(name: &str) -> usize {
    usize::from(name == "data")
}

#[derive(Serialize)]
struct Recording<'a> {
    demo: &'static str,
    title: &'static str,
    steps: &'a [Step],
}

#[derive(Serialize)]
struct Step {
    who: &'static str,
    connection: &'static str,
    call: &'static str,
    bytes: String,
    why: String,
    sockets: Sockets,
}

#[derive(Serialize)]
struct Sockets {
    client: Vec<Socket>,
    server: Vec<Socket>,
}
