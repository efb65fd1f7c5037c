//! What broke off goes on: a download by REST, an upload by APPE.
//!
//! The client has the first bytes, and asks for those behind them. A server
//! that lets nobody see half an upload has nothing that an upload could go on
//! from, unless a file is there already.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::thread::{self, JoinHandle};

use lesson_ftp::Folder;
use lesson_ftp::rfc959::{Patience, Reply, Session};
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};

use super::ANY;
use super::asking::Asking;

/// More than the buffers of both ends hold.
const SIZE: usize = 32_000_000;
/// What the client has when it breaks off.
const PART: usize = 5_000_000;

/// Three transfers that break off, and what is done about each.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    let song: Vec<u8> = (0..SIZE / 4).flat_map(word).collect();
    fs::write(scratch.path("song"), &song)?;
    download(scratch.here(), &song)?;
    line("");
    upload(scratch.here())?;
    line("");
    append(scratch.here())
}

/// Four bytes that no other place of the file has.
fn word(number: usize) -> [u8; 4] {
    (number as u32).to_be_bytes()
}

// ANCHOR: download
fn download(folder: &Path, song: &[u8]) -> io::Result<()> {
    let mut client = Client::connect(folder)?;
    let mut data = client.transfer("RETR song")?;
    let mut part = vec![0; PART];
    data.read_exact(&mut part)?;
    say("client", "recv", format_args!("{PART} bytes, and hangs up"));
    drop(data);
    client.hear()?;

    client.ask(&format!("REST {PART}"))?;
    let mut data = client.transfer("RETR song")?;
    let count = data.read_to_end(&mut part)?;
    say("client", "recv", format_args!("{count} bytes, and the end"));
    client.hear()?;
    let same = if part == song { "the same" } else { "other" };
    let all = part.len();
    say("client", "compare", format_args!("{all} bytes: {same} as the file's"));
    client.quit()
}
// ANCHOR_END: download

// ANCHOR: upload
fn upload(folder: &Path) -> io::Result<()> {
    let mut client = Client::connect(folder)?;
    let mut data = client.transfer("STOR poem")?;
    data.write_all(b"to be or ")?;
    say("client", "send", "\"to be or \", and is killed");
    // A process that ends closes all that it has, and a killed one, too:
    // a FIN on each connection.
    client.killed(data)?;

    let mut client = Client::connect(folder)?;
    client.ask("SIZE poem")?;
    let mut data = client.transfer("STOR poem")?;
    data.write_all(b"to be or not")?;
    say("client", "send", "\"to be or not\", and the end");
    data.shutdown(Shutdown::Write)?;
    client.hear()?;
    client.quit()
}
// ANCHOR_END: upload

// ANCHOR: append
fn append(folder: &Path) -> io::Result<()> {
    let mut client = Client::connect(folder)?;
    client.ask("SIZE poem")?;
    let mut data = client.transfer("APPE poem")?;
    data.write_all(b" to be")?;
    let now = fs::read_to_string(folder.join("poem"))?;
    say("client", "send", "\" to be\"");
    say("folder", "poem", format_args!("{now:?}: as before"));
    data.shutdown(Shutdown::Write)?;
    client.hear()?;
    let now = fs::read_to_string(folder.join("poem"))?;
    say("folder", "poem", format_args!("{now:?}"));
    client.quit()
}
// ANCHOR_END: append

/// A client, and the session that serves it, in a thread.
struct Client {
    control: Asking,
    session: JoinHandle<io::Result<()>>,
}

impl Client {
    /// Connects and logs in, without many words.
    fn connect(folder: &Path) -> io::Result<Self> {
        let listener = TcpListener::bind(ANY)?;
        let mut control = Asking::connect(listener.local_addr()?)?;
        let (stream, _) = listener.accept()?;
        let folder = Folder::open(folder)?;
        let session = thread::spawn(move || {
            Session::new(stream, &folder, Patience::default())?.run()
        });
        control.reply()?;
        for line in ["USER anonymous", "PASS guest", "TYPE I"] {
            control.say(line)?;
            control.reply()?;
        }
        Ok(Client { control, session })
    }

    /// Says a line, and hears the reply.
    fn ask(&mut self, line: &str) -> io::Result<()> {
        self.control.say(line)?;
        say("client", "send", line);
        self.hear().map(drop)
    }

    fn hear(&mut self) -> io::Result<Reply> {
        let reply = self.control.reply()?;
        say("server", "send", reply.to_string().trim_end());
        Ok(reply)
    }

    /// Says what shall go over a data connection, and makes one.
    fn transfer(&mut self, line: &str) -> io::Result<TcpStream> {
        self.control.say("EPSV")?;
        let data = self.control.reply()?;
        let data = self.control.data(&data)?;
        self.control.say(line)?;
        say("client", "send", line);
        match self.hear()?.is_preliminary() {
            true => Ok(data),
            false => Err(ErrorKind::InvalidData.into()),
        }
    }

    fn quit(mut self) -> io::Result<()> {
        self.control.say("QUIT")?;
        self.control.reply()?;
        // Else the server waits for it.
        drop(self.control);
        self.session.join().map_err(|_| ErrorKind::Other)?
    }

    /// Both connections end, the older one first, and nobody hears a reply.
    fn killed(self, data: TcpStream) -> io::Result<()> {
        drop(self.control);
        drop(data);
        // How the session ends is the server's own business.
        self.session.join().map(drop).map_err(|_| ErrorKind::Other.into())
    }
}
