//! A session: what a client may do, and what came before it.
//!
//! ```text
//! USER anonymous  PASS …   who is there: nobody else is known
//! CWD  CDUP  PWD           where names begin
//! EPSV or PASV             a listener for one data connection
//! RETR  STOR  LIST …       150, the data connection, 226
//! ```
//!
//! Decisions that the RFC leaves open, or makes differently:
//!
//! - Files go as they are, in TYPE I. TYPE A, with which a session begins, is
//!   for listings; a file in TYPE A is refused, since no line end is changed.
//! - An upload is nowhere to be seen before it is whole: neither its name nor
//!   a size of it. One that broke off is gone. To go on with an upload means
//!   to add to a file that is there, by APPE, or by REST and STOR: the new
//!   file begins with a copy of the old one's first bytes, and takes its
//!   place when it is whole.
//! - The end of the data connection is the end of the file, and a client that
//!   was killed ends it, too. What tells them apart: the client that lives
//!   keeps its control connection, to read the reply; or it has said by ALLO
//!   how many bytes will come. So an upload counts only if the control
//!   connection is there still, a moment after the data connection's end.
//!   This is a guess, if a good one. RFC 959, section 4.1.1, agrees: "An
//!   unexpected close on the control connection will cause the server to take
//!   the effective action of an abort (ABOR) and a logout (QUIT)."

use std::fs::File;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::control::{Broken, Control, Event, Teller};
use super::failures::{broken, disk, no_listener, not_that_name, refused};
use super::transfer::Transfer;
use super::{
    Command, DONE, Facts, Family, Moment, Passive, Refusal, Reply,
    Representation, facts, long, parse, six_numbers,
};
use crate::hang_up::hang_up;
use crate::{Denied, Entry, Folder, Kind, Upload};
use lesson_socketserver::{Stream, StreamHandler, ThreadingTcpServer};

/// How long a session waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the next command. RFC 1123, section 4.1.3.2: at least 5 minutes.
    pub idle: Duration,
    /// For the client to open the data connection.
    pub open: Duration,
    /// For any byte to move on it.
    pub stall: Duration,
    /// After an upload whose size nobody has told: for the end of the control
    /// connection, which would show that the client is gone.
    pub settle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            idle: Duration::from_secs(300),
            open: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            settle: Duration::from_millis(50),
        }
    }
}

/// Serves a folder to each client: a handler of chapter 13's servers.
#[derive(Debug, Clone)]
pub struct Ftp {
    /// What is served.
    pub folder: Arc<Folder>,
    /// How long it waits.
    pub patience: Patience,
}

/// A server of FTP.
///
/// # Errors
/// Those of the system: EMFILE.
pub fn server(
    listener: TcpListener,
    folder: Folder,
    patience: Patience,
) -> io::Result<ThreadingTcpServer<impl Fn() -> Ftp + Send + Sync + 'static>> {
    let ftp = Ftp { folder: Arc::new(folder), patience };
    ThreadingTcpServer::new(listener, move || ftp.clone())
}

impl StreamHandler for Ftp {
    fn handle(&mut self, stream: &mut dyn Stream, _: &str) -> io::Result<()> {
        // The same socket once more: a session has to know its addresses.
        let control = stream.as_fd().try_clone_to_owned()?.into();
        let (folder, patience) = (&self.folder, self.patience);
        let session = Session::new(control, folder, patience);
        session?.run()
    }
}

/// Who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Login {
    Nobody,
    /// USER was said, and PASS is due.
    Named,
    In,
}

/// One client.
pub struct Session<'a> {
    control: Control<'a>,
    folder: &'a Folder,
    patience: Patience,
    login: Login,
    /// Where names begin: `""` is the served folder.
    here: String,
    form: Representation,
    facts: Facts,
    passive: Option<Passive>,
    /// EPSV ALL was said.
    only_epsv: bool,
    /// For the next transfer: RFC 3659, section 5.
    rest: u64,
    /// How many bytes the next upload has.
    allo: Option<u64>,
    /// What RNTO will rename.
    rename: Option<String>,
}

/// A reply that ends what was begun: done, or not.
type Answer = Result<Reply, Reply>;

impl<'a> Session<'a> {
    /// A session on a control connection.
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn new(
        control: TcpStream,
        folder: &'a Folder,
        patience: Patience,
    ) -> io::Result<Self> {
        Session::told(control, folder, patience, Box::new(|_| {}))
    }

    /// The same, and `tell` gets each event.
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn told(
        control: TcpStream,
        folder: &'a Folder,
        patience: Patience,
        tell: Teller<'a>,
    ) -> io::Result<Self> {
        control.set_write_timeout(Some(patience.stall))?;
        Ok(Session {
            control: Control::new(control, tell),
            folder,
            patience,
            login: Login::Nobody,
            here: String::new(),
            form: Representation::Ascii,
            facts: Facts::ALL,
            passive: None,
            only_epsv: false,
            rest: 0,
            allo: None,
            rename: None,
        })
    }

    /// Greets, and answers to the end.
    ///
    /// # Errors
    /// Those of the control connection.
    pub fn run(mut self) -> io::Result<()> {
        self.greet()?;
        while self.turn()? {}
        // Who doesn't wait for the last reply, or for the end, has nothing
        // to be told.
        let _ = hang_up(self.control.stream().as_fd());
        Ok(())
    }

    /// The server speaks first: RFC 959, section 5.4.
    ///
    /// # Errors
    /// Those of the control connection.
    pub fn greet(&mut self) -> io::Result<()> {
        self.control.say(&Reply::new(220, "Ready"))
    }

    // ANCHOR: turn
    /// Answers one command; false when there are no more.
    ///
    /// # Errors
    /// Those of the control connection.
    pub fn turn(&mut self) -> io::Result<bool> {
        let line = match self.control.line(self.patience.idle) {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(false),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let reply = Reply::new(421, "Nothing said for so long: bye");
                return self.control.say(&reply).map(|()| false);
            }
            Err(error) => return Err(error),
        };
        let line = line.as_deref().map_err(|refusal| *refusal);
        let command = line.and_then(parse);
        let last = match &command {
            Ok(command) => *command == Command::Quit,
            // What follows might be a part of the name.
            Err(refusal) => *refusal == Refusal::LoneLf,
        };
        let answer = match command {
            Ok(command) => self.answer(command),
            Err(refusal) => Err(Reply::new(refusal.code(), refusal)),
        };
        let (Ok(reply) | Err(reply)) = answer;
        self.control.say(&reply)?;
        Ok(!last)
    }
    // ANCHOR_END: turn

    fn answer(&mut self, command: Command<'_>) -> Answer {
        use Command::*;
        let rename = self.rename.take();
        match command {
            User(name) => self.user(name),
            Pass(_) => self.pass(),
            Quit => Ok(Reply::new(221, "Goodbye")),
            Noop => Ok(Reply::new(200, "Here")),
            Syst => Ok(Reply::new(215, "UNIX Type: L8")),
            Help => Ok(help()),
            Feat => Ok(self.features()),
            Opts(words) => self.options(words),
            Abor => Ok(Reply::new(226, "Nothing is under way")),
            _ if self.login != Login::In => {
                Err(Reply::new(530, "Say USER anonymous first, and PASS"))
            }
            Rnto(to) => self.rename(rename, to),
            Rnfr(name) => self.rename_from(name),
            Type(form) => Ok(self.form(form)),
            Structure => Ok(Reply::new(200, "A file is bytes")),
            Mode => Ok(Reply::new(200, "As a stream")),
            Rest(at) => Ok(self.rest(at)),
            Allo(count) => Ok(self.allo(count)),
            Pasv => self.pasv(),
            Epsv(family) => self.epsv(family),
            Retr(name) => self.retr(name),
            Stor(name) => self.stor(name, false),
            Appe(name) => self.stor(name, true),
            List(name) => self.list(name, Form::Long),
            Nlst(name) => self.list(name, Form::Names),
            Mlsd(name) => self.list(name, Form::Facts),
            other => self.about_files(other),
        }
    }

    /// Those that need no data connection.
    fn about_files(&mut self, command: Command<'_>) -> Answer {
        use Command::*;
        match command {
            Pwd => {
                Ok(Reply::new(257, format!("{} is here", quoted(&self.here))))
            }
            Cwd(name) => self.change(name),
            Cdup => self.change(".."),
            Size(name) => self.size(name),
            Mdtm(name) => self.modified(name),
            Mlst(name) => self.one(name),
            Dele(name) => {
                let name = self.resolve(name);
                self.folder.remove_file(&name).map_err(refused)?;
                Ok(Reply::new(250, "Removed"))
            }
            Rmd(name) => {
                let name = self.resolve(name);
                self.folder.remove_folder(&name).map_err(refused)?;
                Ok(Reply::new(250, "Removed"))
            }
            Mkd(name) => {
                let name = self.resolve(name);
                self.folder.make_folder(&name).map_err(not_that_name)?;
                Ok(Reply::new(257, format!("{} is made", quoted(&name))))
            }
            _ => Err(Reply::new(502, Refusal::NotDone)),
        }
    }

    fn user(&mut self, name: &str) -> Answer {
        // RFC 1635; and some say ftp.
        let known = ["anonymous", "ftp"];
        if !known.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            self.login = Login::Nobody;
            return Err(Reply::new(530, "Only anonymous is known here"));
        }
        self.login = Login::Named;
        Ok(Reply::new(331, "Any password will do"))
    }

    fn pass(&mut self) -> Answer {
        if self.login == Login::Nobody {
            return Err(Reply::new(503, "Say USER first"));
        }
        self.login = Login::In;
        Ok(Reply::new(230, "Welcome"))
    }

    fn features(&self) -> Reply {
        let mlst = self.facts.features();
        // RFC 2389, section 3.2; RFC 3659, sections 3.3, 4.3, 5.4, 6.3 and
        // 7.8; RFC 2640, section 3.2; RFC 2428.
        let all =
            ["EPSV", "MDTM", &mlst, "REST STREAM", "SIZE", "TVFS", "UTF8"];
        Reply::list(211, "Features", all, "End")
    }

    fn options(&mut self, words: &str) -> Answer {
        let (command, choice) = words.split_once(' ').unwrap_or((words, ""));
        match &*command.to_ascii_uppercase() {
            "UTF8" | "UTF-8" if choice.eq_ignore_ascii_case("ON") => {
                Ok(Reply::new(200, "Names are always UTF-8"))
            }
            "MLST" => {
                self.facts = Facts::chosen(choice);
                let names = self.facts.names();
                Ok(Reply::new(200, format!("MLST OPTS {names}")))
            }
            _ => Err(Reply::new(501, "No such option")),
        }
    }

    fn form(&mut self, form: Representation) -> Reply {
        self.form = form;
        Reply::new(
            200,
            match form {
                Representation::Ascii => "Listings only: for files, TYPE I",
                Representation::Image => "Bytes as they are",
            },
        )
    }

    fn rest(&mut self, at: u64) -> Reply {
        self.rest = at;
        Reply::new(350, format!("The next file from byte {at} on"))
    }

    fn allo(&mut self, count: u64) -> Reply {
        self.allo = Some(count);
        Reply::new(200, format!("{count} bytes, then: no fewer"))
    }

    /// A name as the folder knows it: from the top, without `/` before it.
    /// What else is wrong with it, the folder will say.
    fn resolve(&self, name: &str) -> String {
        let (above, name) = match name.strip_prefix('/') {
            Some(name) => ("", name),
            None => (&*self.here, name),
        };
        // lftp says ./NAME, lest a name look like an option.
        let name = name.strip_prefix("./").unwrap_or(name);
        let name = name.strip_suffix('/').unwrap_or(name);
        match (above, name) {
            (above, "" | ".") => above.to_string(),
            ("", name) => name.to_string(),
            (above, name) => format!("{above}/{name}"),
        }
    }

    fn change(&mut self, name: &str) -> Answer {
        let to = match (name, self.here.rsplit_once('/')) {
            (".." | "../", _) if self.here.is_empty() => {
                return Err(Reply::new(550, "Nothing is above this folder"));
            }
            (".." | "../", above) => above.map_or("", |it| it.0).to_string(),
            _ => self.resolve(name),
        };
        if !to.is_empty() {
            let kind = self.folder.entry(&to).map_err(refused)?.kind;
            if kind != Kind::Folder {
                return Err(refused(Denied::File));
            }
        }
        self.here = to;
        Ok(Reply::new(250, format!("{} is here", quoted(&self.here))))
    }

    fn size(&self, name: &str) -> Answer {
        // RFC 3659, section 4: the size depends on the type.
        self.image()?;
        match self.entry(name)? {
            Entry { kind: Kind::File, size, .. } => Ok(Reply::new(213, size)),
            _ => Err(refused(Denied::Folder)),
        }
    }

    fn modified(&self, name: &str) -> Answer {
        let entry = self.entry(name)?;
        Ok(Reply::new(213, Moment::new(entry.modified).exact()))
    }

    fn one(&self, name: &str) -> Answer {
        let mut entry = self.entry(name)?;
        entry.name = format!("/{}", self.resolve(name));
        let facts = facts(&entry, &self.facts);
        Ok(Reply::list(250, "Here it is", [facts], "End"))
    }

    fn entry(&self, name: &str) -> Result<Entry, Reply> {
        let name = self.resolve(name);
        if name.is_empty() {
            return self.folder.itself().map_err(refused);
        }
        self.folder.entry(&name).map_err(refused)
    }

    fn rename_from(&mut self, name: &str) -> Answer {
        self.entry(name)?;
        self.rename = Some(self.resolve(name));
        Ok(Reply::new(350, "Now RNTO"))
    }

    fn rename(&mut self, from: Option<String>, to: &str) -> Answer {
        let from = from.ok_or(Reply::new(503, "Say RNFR first"))?;
        let to = self.resolve(to);
        self.folder.rename(&from, &to).map_err(not_that_name)?;
        Ok(Reply::new(250, "Renamed"))
    }

    // ANCHOR: passive
    fn pasv(&mut self) -> Answer {
        if self.only_epsv {
            return Err(Reply::new(503, "EPSV ALL was said"));
        }
        let address = self.listen()?;
        let IpAddr::V4(ip) = address.ip().to_canonical() else {
            self.passive = None;
            return Err(Reply::new(425, "This is IPv6: use EPSV"));
        };
        let numbers = six_numbers(ip, address.port());
        Ok(Reply::new(227, format!("Entering Passive Mode ({numbers})")))
    }

    fn epsv(&mut self, family: Family) -> Answer {
        let local = self.control.stream().local_addr();
        let ip = local.map_err(no_listener)?.ip().to_canonical();
        match family {
            Family::All => {
                self.only_epsv = true;
                return Ok(Reply::new(200, "Nothing but EPSV from now on"));
            }
            Family::V4 if !ip.is_ipv4() => {
                return Err(Reply::new(522, "Not that protocol, use (2)"));
            }
            Family::V6 if !ip.is_ipv6() => {
                return Err(Reply::new(522, "Not that protocol, use (1)"));
            }
            Family::V4 | Family::V6 | Family::Same => {}
        }
        let port = self.listen()?.port();
        let words = format!("Entering Extended Passive Mode (|||{port}|)");
        Ok(Reply::new(229, words))
    }

    /// A new listener, in place of one that nobody has used.
    fn listen(&mut self) -> Result<SocketAddr, Reply> {
        self.passive = None;
        let open = Passive::open(self.control.stream());
        let passive = open.map_err(no_listener)?;
        let address = passive.address().map_err(no_listener)?;
        self.passive = Some(passive);
        self.control.tell(Event::Listens(address));
        Ok(address)
    }

    /// 150, and the data connection.
    fn connect(
        &mut self,
        passive: Passive,
        words: &str,
    ) -> Result<TcpStream, Reply> {
        let reply = Reply::new(150, words);
        // Its error comes again with the next reply.
        self.control.say(&reply).map_err(|_| reply)?;
        let end = Instant::now() + self.patience.open;
        passive.accept(&mut self.control, end).map_err(|why| match why {
            Broken::Stalled => Reply::new(425, "Nobody has connected"),
            other => broken(other),
        })
    }
    // ANCHOR_END: passive

    /// The listener, which serves for one transfer, also for one that fails.
    fn passive(&mut self) -> Result<Passive, Reply> {
        let passive = self.passive.take();
        passive.ok_or(Reply::new(425, "Say EPSV or PASV first"))
    }

    fn image(&self) -> Result<(), Reply> {
        match self.form {
            Representation::Image => Ok(()),
            Representation::Ascii => {
                Err(Reply::new(550, "Files only in TYPE I, as they are"))
            }
        }
    }

    // ANCHOR: retr
    /// A file, to the client.
    fn retr(&mut self, name: &str) -> Answer {
        let start = mem::take(&mut self.rest);
        let passive = self.passive()?;
        self.image()?;
        let file = self.folder.file(&self.resolve(name)).map_err(refused)?;
        let size = size_of(&file)?;
        if start > size {
            // RFC 3659, section 5.3: REST was believed, this is not.
            return Err(Reply::new(554, format!("It has {size} bytes")));
        }
        let words = format!("{} bytes follow", size - start);
        let data = self.connect(passive, &words)?;
        let mut transfer = self.transfer(&data);
        let sent = transfer.send_file(&file, start, size);
        self.sent(data, size - start, sent)
    }
    // ANCHOR_END: retr

    fn transfer<'b>(&'b mut self, data: &'b TcpStream) -> Transfer<'b, 'a> {
        let stall = self.patience.stall;
        Transfer { control: &mut self.control, data, stall }
    }

    fn sent(
        &mut self,
        data: TcpStream,
        count: u64,
        sent: Result<(), Broken>,
    ) -> Answer {
        if sent.is_err() {
            self.transfer(&data).break_off();
        } else {
            self.control.tell(Event::Sent(count));
        }
        drop(data);
        self.control.tell(Event::Closed);
        sent.map_err(broken)?;
        Ok(Reply::new(226, "That was all"))
    }

    fn list(&mut self, name: &str, form: Form) -> Answer {
        self.rest = 0;
        let passive = self.passive()?;
        let listing = self.listing(name, form)?;
        let data = self.connect(passive, "The list follows")?;
        let sent = self.transfer(&data).send(listing.as_bytes());
        self.sent(data, listing.len() as u64, sent)
    }

    fn listing(&self, name: &str, form: Form) -> Result<String, Reply> {
        let entry = self.entry(name)?;
        let entries = match (entry.kind, form) {
            (Kind::Folder, _) => {
                self.folder.entries(&self.resolve(name)).map_err(refused)?
            }
            // RFC 3659, section 7.2.1.
            (Kind::File, Form::Facts) => {
                return Err(Reply::new(
                    501,
                    "MLSD is for folders, MLST for all",
                ));
            }
            (Kind::File, _) => vec![entry.clone()],
        };
        // RFC 1123, section 4.1.2.7: names that RETR takes.
        let above = match (entry.kind, name.strip_suffix('/')) {
            _ if name.is_empty() => String::new(),
            (Kind::Folder, None) => format!("{name}/"),
            (Kind::Folder, Some(_)) => name.to_string(),
            (Kind::File, _) => {
                name.strip_suffix(&*entry.name).unwrap_or("").to_string()
            }
        };
        let now = Moment::now();
        let line = |entry: &Entry| match form {
            Form::Long => long(entry, &now),
            Form::Names => format!("{above}{}", entry.name),
            Form::Facts => facts(entry, &self.facts),
        };
        Ok(entries.iter().map(|it| line(it) + "\r\n").collect())
    }

    // ANCHOR: stor
    /// A file, from the client; or what is to follow one that is there.
    fn stor(&mut self, name: &str, append: bool) -> Answer {
        let rest = mem::take(&mut self.rest);
        let allo = self.allo.take();
        let passive = self.passive()?;
        self.image()?;
        let name = self.resolve(name);
        let keep = match (append, rest) {
            (true, 0) => Keep::All,
            // RFC 3659, section 5.3: after REST, APPE is STOR.
            _ => Keep::First(rest),
        };
        let (mut upload, kept) = self.begin(&name, keep)?;
        let data = self.connect(passive, "Send it")?;
        let received = self.transfer(&data).receive(&mut upload);
        self.received(data, upload, (kept, allo), received)
    }

    /// A new file that begins as the old one.
    fn begin(&self, name: &str, keep: Keep) -> Result<(Upload, u64), Reply> {
        let mut upload = self.folder.upload(name).map_err(not_that_name)?;
        let old = match (keep, self.folder.file(name)) {
            (Keep::First(0), _) => return Ok((upload, 0)),
            (Keep::All, Err(Denied::Missing)) => return Ok((upload, 0)),
            (_, old) => old.map_err(refused)?,
        };
        let size = size_of(&old)?;
        let count = match keep {
            Keep::First(count) if count > size => {
                return Err(Reply::new(554, format!("It has {size} bytes")));
            }
            Keep::First(count) => count,
            Keep::All => size,
        };
        let copied = upload.copy_from(&old, count).map_err(disk)?;
        match copied == count {
            true => Ok((upload, count)),
            false => Err(broken(Broken::Shorter)),
        }
    }

    fn received(
        &mut self,
        data: TcpStream,
        upload: Upload,
        (kept, allo): (u64, Option<u64>),
        received: Result<u64, Broken>,
    ) -> Answer {
        let whole = received.as_ref().is_ok_and(|count| {
            self.control.tell(Event::Received(*count));
            self.is_whole(*count, kept, allo)
        });
        drop(data);
        self.control.tell(Event::Closed);
        received.map_err(broken)?;
        if !whole {
            return Err(Reply::new(426, "It broke off, and nothing is kept"));
        }
        upload.commit().map_err(disk)?;
        Ok(Reply::new(226, "It is there, and whole"))
    }

    /// Whether the end of the data connection was the end of the file.
    fn is_whole(&self, count: u64, kept: u64, allo: Option<u64>) -> bool {
        match allo {
            // Some count what is there already, and some don't.
            Some(due) if due == count || due == kept + count => true,
            Some(due) if due > kept + count => false,
            _ => !self.control.ends(self.patience.settle),
        }
    }
    // ANCHOR_END: stor
}

/// What a new file takes from an old one.
#[derive(Clone, Copy)]
enum Keep {
    First(u64),
    All,
}

#[derive(Clone, Copy)]
enum Form {
    Long,
    Names,
    Facts,
}

/// RFC 959, appendix II: a quotation mark in a name is doubled.
fn quoted(name: &str) -> String {
    format!("\"/{}\"", name.replace('"', "\"\""))
}

fn help() -> Reply {
    let lines = DONE.chunks(12).map(|it| it.join(" "));
    Reply::list(214, "Commands that are carried out", lines, "End")
}

fn size_of(file: &File) -> Result<u64, Reply> {
    let data = file.metadata().map_err(Denied::System).map_err(refused)?;
    Ok(data.len())
}
