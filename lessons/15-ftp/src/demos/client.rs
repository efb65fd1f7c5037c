//! Tool: the client, for one command or for many.
//!
//! ```text
//! client 127.0.0.1:8888 ls              one command, and its exit status
//! client 127.0.0.1:8888                 a prompt, with a history
//! ```

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use lesson_ftp::{Client, Failed, Kind};
use narrator::{During, Trouble, line};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

/// Whom to ask, and what.
#[derive(Args)]
pub struct Options {
    /// Where the server is
    address: SocketAddr,
    /// Keep the lines of this and of earlier runs there
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The commands of the notes.
#[derive(Subcommand)]
enum Command {
    /// List a folder of the server's
    Ls {
        /// Which; without it the one that is served
        #[arg(default_value = "")]
        path: String,
    },
    /// Download a file
    Wget {
        /// Its name at the server
        name: String,
        /// Where to, here: a file or a folder
        #[arg(default_value = ".")]
        path: PathBuf,
    },
    /// Upload a file
    Wput {
        /// Its name here
        name: PathBuf,
        /// Its name at the server, if it is another
        path: Option<String>,
    },
}

/// Commands of the prompt.
#[derive(Parser)]
#[command(no_binary_name = true, disable_help_flag = true, name = "")]
#[command(override_usage = "ls, wget, wput, help or quit")]
struct Line {
    #[command(subcommand)]
    command: Entered,
}

#[derive(Subcommand)]
enum Entered {
    #[command(flatten)]
    Ask(Command),
    /// End the conversation
    #[command(alias = "exit")]
    Quit,
}

/// What comes after a line.
enum Next {
    Line,
    End,
}

/// What somebody wants who has typed it.
enum Typed {
    Ask(Command),
    Help(String),
    Quit,
}

/// Runs one command, or asks for one after the other.
pub fn run(options: Options) -> Result<(), Trouble> {
    let Options { address, history, command } = options;
    let doing = format!("connect {address}");
    let mut client = Client::connect(address).during(doing)?;
    match command {
        Some(command) => {
            let (name, result) = answer(&mut client, command);
            result.map_err(io::Error::from).during(name)
        }
        None => prompt(&mut client, history.as_deref()),
    }
}

// ANCHOR: prompt
/// Reads lines until the end: Ctrl-D, `quit`, or a connection that is lost.
///
/// Where no terminal is, whoever wrote the lines doesn't see how they fare:
/// the first that fails is the last.
fn prompt(client: &mut Client, history: Option<&Path>) -> Result<(), Trouble> {
    let mut editor = DefaultEditor::new().map_err(other).during("terminal")?;
    if let Some(path) = history.filter(|path| path.exists()) {
        editor.load_history(path).map_err(other).during("history")?;
    }
    let there = io::stdin().is_terminal();
    let result = lines(client, &mut editor, there);
    if let Some(path) = history {
        editor.save_history(path).map_err(other).during("history")?;
    }
    result
}

fn lines(
    client: &mut Client,
    editor: &mut DefaultEditor,
    there: bool,
) -> Result<(), Trouble> {
    loop {
        let text = match editor.readline("> ") {
            Ok(text) if text.trim().is_empty() => continue,
            Ok(text) => text,
            Err(ReadlineError::Eof) => return Ok(()),
            // Ctrl-C drops the line, as in a shell.
            Err(ReadlineError::Interrupted) => continue,
            Err(error) => return Err(other(error)).during("read a line"),
        };
        // A history without this line is no reason to stop.
        let _ = editor.add_history_entry(text.as_str());
        match obey(client, &text) {
            Ok(Next::Line) => {}
            Ok(Next::End) => return Ok(()),
            Err((doing, failed)) => {
                let lost = matches!(failed, Failed::Broken(_));
                if lost || !there {
                    let end: io::Result<()> = Err(failed.into());
                    return end.during(doing);
                }
                eprintln!("{doing}: {failed}");
            }
        }
    }
}

/// Does what a line says: whether another may follow; or what failed.
fn obey(client: &mut Client, text: &str) -> Result<Next, (String, Failed)> {
    let typed = typed(text).map_err(|why| {
        ("a command".to_string(), Failed::Here(io::Error::other(why)))
    })?;
    match typed {
        Typed::Quit => return Ok(Next::End),
        Typed::Help(help) => line(help.trim_end()),
        Typed::Ask(command) => {
            let (doing, result) = answer(client, command);
            result.map_err(|failed| (doing, failed))?;
        }
    }
    Ok(Next::Line)
}
// ANCHOR_END: prompt

fn other(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        error => io::Error::other(error),
    }
}

/// What a line says, or what is wrong with it, in one line.
fn typed(line: &str) -> Result<Typed, String> {
    match Line::try_parse_from(words(line)?) {
        Ok(Line { command: Entered::Ask(command) }) => Ok(Typed::Ask(command)),
        Ok(Line { command: Entered::Quit }) => Ok(Typed::Quit),
        Err(help) if !help.use_stderr() => Ok(Typed::Help(help.to_string())),
        Err(error) => {
            let text = error.to_string();
            let first = text.split("\n\n").next().unwrap_or(&text);
            let words: Vec<_> = first.split_whitespace().collect();
            let why = words.join(" ");
            Err(why.trim_start_matches("error: ").to_string())
        }
    }
}

/// The words of a line. Those in `"` may hold spaces.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_string)),
            _ => words.push(part.to_string()),
        }
    }
    match line.matches('"').count() % 2 {
        0 => Ok(words),
        _ => Err("a \" has no second".to_string()),
    }
}

/// Does what the command says, and tells it: what it was, and how it fared.
fn answer(
    client: &mut Client,
    command: Command,
) -> (String, Result<(), Failed>) {
    match command {
        Command::Ls { path } => {
            let doing = format!("ls {}", shown(&path));
            (doing.trim_end().to_string(), list(client, &path))
        }
        Command::Wget { name, path } => {
            let result = moved(|bar| client.wget(&name, &path, bar));
            (format!("wget {}", shown(&name)), result)
        }
        Command::Wput { name, path } => {
            let last = name.file_name().and_then(|last| last.to_str());
            let there = path.as_deref().or(last).unwrap_or_default();
            let result = moved(|bar| client.wput(&name, there, bar));
            let name = name.display().to_string();
            (format!("wput {}", shown(&name)), result)
        }
    }
}

fn list(client: &mut Client, path: &str) -> Result<(), Failed> {
    for (kind, size, name) in client.ls(path)? {
        match kind {
            Kind::File => {
                line(format_args!("{size:>12}  {}", shown(&name)));
            }
            Kind::Folder => line(format_args!("{:>12}  {}/", "", shown(&name))),
        }
    }
    Ok(())
}

/// A name for a terminal: what would steer it is written in another way.
fn shown(name: &str) -> String {
    let safe = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    name.chars().map(safe).collect()
}

/// Moves a file, with a bar where somebody can see it.
fn moved(
    work: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<u64, Failed>,
) -> Result<(), Failed> {
    // indicatif draws on stderr, and only if that is a terminal.
    let bar = ProgressBar::new(0).with_style(style());
    let result = work(&mut |done, size| {
        if bar.length() != Some(size) {
            bar.set_length(size);
        }
        bar.set_position(done);
    });
    bar.finish_and_clear();
    line(format_args!("{} bytes", result?));
    Ok(())
}

fn style() -> ProgressStyle {
    let wanted = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}";
    ProgressStyle::with_template(wanted)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
