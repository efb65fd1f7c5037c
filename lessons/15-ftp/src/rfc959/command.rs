//! What the client says: a word of three or four letters, and an argument.
//!
//! ```text
//! RETR notes.txt CRLF        the word in any case, one space, all the rest
//! ```
//!
//! A parser that understands more than was said is a hole. So each word has
//! its own form here, and what doesn't fit is refused with the code that says
//! why: RFC 959, section 5.4.

use std::fmt;

/// A command that is understood, with its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// Who I am.
    User(&'a str),
    /// And how I prove it.
    Pass(&'a str),
    /// To another folder.
    Cwd(&'a str),
    /// To the folder above.
    Cdup,
    /// Which folder am I in?
    Pwd,
    /// How files go over the data connection.
    Type(Representation),
    /// STRU F: a file is bytes, and no records or pages.
    Structure,
    /// MODE S: the end of the data connection is the end of the file.
    Mode,
    /// A data connection, please: IPv4 only.
    Pasv,
    /// A data connection, please; or what it must be like.
    Epsv(Family),
    /// A folder, for people.
    List(&'a str),
    /// A folder's names.
    Nlst(&'a str),
    /// A folder, for programs: RFC 3659, section 7.
    Mlsd(&'a str),
    /// One file or folder, for programs.
    Mlst(&'a str),
    /// How many bytes: RFC 3659, section 4.
    Size(&'a str),
    /// When it was changed: RFC 3659, section 3.
    Mdtm(&'a str),
    /// The next file from this byte on: RFC 3659, section 5.
    Rest(u64),
    /// So many bytes will come.
    Allo(u64),
    /// A file, to the client.
    Retr(&'a str),
    /// A file, from the client.
    Stor(&'a str),
    /// The same, behind what is there.
    Appe(&'a str),
    /// Remove a file.
    Dele(&'a str),
    /// Rename this,
    Rnfr(&'a str),
    /// to that.
    Rnto(&'a str),
    /// Make a folder.
    Mkd(&'a str),
    /// Remove a folder.
    Rmd(&'a str),
    /// Stop what is under way.
    Abor,
    /// What can you do beyond RFC 959? RFC 2389, section 3.
    Feat,
    /// A choice for another command: RFC 2389, section 4.
    Opts(&'a str),
    /// Which commands are there?
    Help,
    /// What are you?
    Syst,
    /// Are you there?
    Noop,
    /// Goodbye.
    Quit,
}

/// How a file's bytes stand on the data connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// Text, its lines ended with CR LF: what a session begins with.
    Ascii,
    /// As they are.
    Image,
}

/// What EPSV asks for: RFC 2428, section 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// The same as the control connection.
    Same,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
    /// I will say nothing else: refuse PASV and PORT from now on.
    All,
}

/// Commands that are carried out.
pub const DONE: [&str; 36] = [
    "ABOR", "ALLO", "APPE", "CDUP", "CWD", "DELE", "EPSV", "FEAT", "HELP",
    "LIST", "MDTM", "MKD", "MLSD", "MLST", "MODE", "NLST", "NOOP", "OPTS",
    "PASS", "PASV", "PWD", "QUIT", "REST", "RETR", "RMD", "RNFR", "RNTO",
    "SIZE", "STOR", "STRU", "SYST", "TYPE", "USER", "XCUP", "XCWD", "XPWD",
];

/// Commands that are known and not carried out.
pub const NOT_DONE: [&str; 21] = [
    "ACCT", "ADAT", "AUTH", "CCC", "CLNT", "CONF", "ENC", "EPRT", "LANG",
    "LPRT", "LPSV", "MFMT", "MIC", "PBSZ", "PORT", "PROT", "REIN", "SITE",
    "SMNT", "STAT", "STOU",
];

/// Why a line is no command that can be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// More bytes than [`super::LONGEST`].
    TooLong,
    /// LF without CR before it.
    LoneLf,
    /// CR without LF after it.
    LoneCr,
    /// A byte 0.
    Nul,
    /// A byte 255, which begins a command of TELNET.
    Telnet,
    /// Bytes that are not UTF-8.
    NotText,
    /// No such word.
    Unknown,
    /// A word of the RFCs that this server doesn't carry out.
    NotDone,
    /// PORT and EPRT.
    Active,
    /// No argument, where there must be one.
    Missing,
    /// An argument, where there is none.
    Unexpected,
    /// Not a number from 0 to 2⁶³ - 1.
    Number,
    /// A form of TYPE, MODE or STRU that isn't done.
    Form,
    /// EPSV with an unknown protocol.
    Family,
}

impl Refusal {
    /// The code of the reply: RFC 959, section 4.2.2; RFC 2428, section 3.
    pub fn code(&self) -> u16 {
        match self {
            Refusal::TooLong
            | Refusal::LoneLf
            | Refusal::LoneCr
            | Refusal::Telnet
            | Refusal::Unknown => 500,
            Refusal::Nul
            | Refusal::NotText
            | Refusal::Missing
            | Refusal::Unexpected
            | Refusal::Number => 501,
            Refusal::NotDone | Refusal::Active => 502,
            Refusal::Form => 504,
            Refusal::Family => 522,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::TooLong => "The line is too long: 4096 bytes are allowed",
            Refusal::LoneLf => "A line ends with CR LF, this one with LF",
            Refusal::LoneCr => "A CR that is not of the line's end",
            Refusal::Nul => "A byte 0 is no part of a command",
            Refusal::Telnet => "TELNET commands are not understood",
            Refusal::NotText => "The line is not UTF-8",
            Refusal::Unknown => "Unknown command: HELP lists those there are",
            Refusal::NotDone => "This command is not carried out here",
            Refusal::Active => {
                "This server connects to nobody: use EPSV or PASV"
            }
            Refusal::Missing => "This command needs an argument",
            Refusal::Unexpected => "This command has no argument",
            Refusal::Number => "Not a number",
            Refusal::Form => "Only TYPE A and I, MODE S, STRU F",
            Refusal::Family => "Unknown protocol, use (1,2)",
        })
    }
}

impl std::error::Error for Refusal {}

// ANCHOR: parse
/// Reads a line, which has lost its end.
///
/// # Errors
/// [`Refusal`]: its code and words are the reply.
pub fn parse(line: &[u8]) -> Result<Command<'_>, Refusal> {
    let line = text(line)?;
    let (word, argument) = match line.split_once(' ') {
        Some((word, argument)) => (word, Some(argument)),
        None => (line, None),
    };
    // RFC 959, section 5.3: "upper and lower case alphabetic characters are
    // to be treated identically".
    let word = word.to_ascii_uppercase();
    let argument = Argument(argument.filter(|it| !it.is_empty()));
    match one(&word, argument)? {
        Some(command) => Ok(command),
        None if matches!(&*word, "PORT" | "EPRT") => Err(Refusal::Active),
        None if NOT_DONE.contains(&&*word) => Err(Refusal::NotDone),
        None => Err(Refusal::Unknown),
    }
}

/// Nothing in it that another program could read in another way.
fn text(line: &[u8]) -> Result<&str, Refusal> {
    match line {
        _ if line.len() > super::LONGEST => Err(Refusal::TooLong),
        _ if line.contains(&b'\n') => Err(Refusal::LoneLf),
        _ if line.contains(&b'\r') => Err(Refusal::LoneCr),
        _ if line.contains(&0) => Err(Refusal::Nul),
        // IAC, "interpret as command": RFC 854. No UTF-8 has this byte.
        _ if line.contains(&0xff) => Err(Refusal::Telnet),
        // RFC 2640, section 2.2: names are UTF-8.
        _ => std::str::from_utf8(line).map_err(|_| Refusal::NotText),
    }
}
// ANCHOR_END: parse

/// The command of a word: `None` where it is none of ours.
fn one<'a>(
    word: &str,
    argument: Argument<'a>,
) -> Result<Option<Command<'a>>, Refusal> {
    use Command::*;
    Ok(Some(match word {
        "USER" => User(argument.some()?),
        "PASS" => Pass(argument.any()),
        "CDUP" | "XCUP" => argument.none(Cdup)?,
        "PWD" | "XPWD" => argument.none(Pwd)?,
        "TYPE" => Type(representation(argument.some()?)?),
        "STRU" => argument.only("F", Structure)?,
        "MODE" => argument.only("S", Mode)?,
        "PASV" => argument.none(Pasv)?,
        "EPSV" => Epsv(family(argument.any())?),
        "REST" => Rest(number(argument.some()?)?),
        "ALLO" => Allo(number(argument.some()?)?),
        "ABOR" => argument.none(Abor)?,
        "FEAT" => argument.none(Feat)?,
        "OPTS" => Opts(argument.some()?),
        "HELP" => Help,
        "SYST" => argument.none(Syst)?,
        "NOOP" => argument.none(Noop)?,
        "QUIT" => argument.none(Quit)?,
        _ => return about_a_file(word, argument),
    }))
}

/// The same for those whose argument is a name.
fn about_a_file<'a>(
    word: &str,
    argument: Argument<'a>,
) -> Result<Option<Command<'a>>, Refusal> {
    use Command::*;
    Ok(Some(match word {
        // Without a name they are about the folder that one is in.
        "LIST" => List(argument.any()),
        "NLST" => Nlst(argument.any()),
        "MLSD" => Mlsd(argument.any()),
        "MLST" => Mlst(argument.any()),
        "CWD" | "XCWD" => Cwd(argument.some()?),
        "SIZE" => Size(argument.some()?),
        "MDTM" => Mdtm(argument.some()?),
        "RETR" => Retr(argument.some()?),
        "STOR" => Stor(argument.some()?),
        "APPE" => Appe(argument.some()?),
        "DELE" => Dele(argument.some()?),
        "RNFR" => Rnfr(argument.some()?),
        "RNTO" => Rnto(argument.some()?),
        "MKD" => Mkd(argument.some()?),
        "RMD" => Rmd(argument.some()?),
        _ => return Ok(None),
    }))
}

/// All that stands after the space: names may hold spaces.
#[derive(Clone, Copy)]
struct Argument<'a>(Option<&'a str>);

impl<'a> Argument<'a> {
    fn some(self) -> Result<&'a str, Refusal> {
        self.0.ok_or(Refusal::Missing)
    }

    fn any(self) -> &'a str {
        self.0.unwrap_or_default()
    }

    fn none(self, command: Command<'a>) -> Result<Command<'a>, Refusal> {
        match self.0 {
            Some(_) => Err(Refusal::Unexpected),
            None => Ok(command),
        }
    }

    fn only(
        self,
        form: &str,
        command: Command<'a>,
    ) -> Result<Command<'a>, Refusal> {
        match self.some()?.eq_ignore_ascii_case(form) {
            true => Ok(command),
            false => Err(Refusal::Form),
        }
    }
}

/// RFC 959, section 3.1.1: A, which may say that nothing is printed, and
/// bytes of eight bits in two spellings.
fn representation(form: &str) -> Result<Representation, Refusal> {
    match &*form.to_ascii_uppercase() {
        "A" | "A N" => Ok(Representation::Ascii),
        "I" | "L 8" => Ok(Representation::Image),
        _ => Err(Refusal::Form),
    }
}

fn family(form: &str) -> Result<Family, Refusal> {
    match form {
        "" => Ok(Family::Same),
        "1" => Ok(Family::V4),
        "2" => Ok(Family::V6),
        _ if form.eq_ignore_ascii_case("ALL") => Ok(Family::All),
        _ => Err(Refusal::Family),
    }
}

/// Digits and nothing else: no sign, no space. A file has at most 2⁶³ - 1
/// bytes, off_t.
fn number(digits: &str) -> Result<u64, Refusal> {
    let plain = digits.bytes().all(|it| it.is_ascii_digit());
    let number = plain.then(|| digits.parse().ok()).flatten();
    let fits = number.filter(|it| i64::try_from(*it).is_ok());
    fits.ok_or(Refusal::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_read_in_any_case_and_the_name_as_it_is() {
        for line in ["RETR A b", "retr A b", "rEtR A b"] {
            assert_eq!(parse(line.as_bytes()), Ok(Command::Retr("A b")));
        }
    }

    #[test]
    fn one_space_ends_the_word_and_all_others_are_of_the_name() {
        assert_eq!(parse(b"RETR  a "), Ok(Command::Retr(" a ")));
        assert_eq!(parse("MKD übung".as_bytes()), Ok(Command::Mkd("übung")));
        assert_eq!(parse(b"LIST "), Ok(Command::List("")));
        assert_eq!(parse(b" NOOP"), Err(Refusal::Unknown));
        assert_eq!(parse(b"NOOP\t"), Err(Refusal::Unknown));
    }

    #[test]
    fn what_another_program_could_read_otherwise_is_refused() {
        for (line, due) in [
            (&b"DELE a\0b"[..], Refusal::Nul),
            (b"DELE a\nDELE b", Refusal::LoneLf),
            (b"DELE a\rDELE b", Refusal::LoneCr),
            (b"\xff\xf4\xffABOR", Refusal::Telnet),
            (b"RETR \xc3", Refusal::NotText),
            (&[b'a'; super::super::LONGEST + 1], Refusal::TooLong),
        ] {
            assert_eq!(parse(line), Err(due), "{line:?}");
        }
    }

    #[test]
    fn numbers_are_digits_and_fit_a_file() {
        assert_eq!(parse(b"REST 0"), Ok(Command::Rest(0)));
        let most = i64::MAX as u64;
        let line = format!("REST {most}");
        assert_eq!(parse(line.as_bytes()), Ok(Command::Rest(most)));
        for argument in [
            "+1",
            "-1",
            " 1",
            "1 ",
            "0x1",
            "1a",
            "9223372036854775808",
            "99999999999999999999999",
        ] {
            let line = format!("REST {argument}");
            assert_eq!(parse(line.as_bytes()), Err(Refusal::Number));
        }
    }

    #[test]
    fn forms_that_are_not_done_are_told_apart_from_unknown_words() {
        for (line, code) in [
            ("TYPE E", 504),
            ("TYPE L 7", 504),
            ("MODE B", 504),
            ("STRU R", 504),
            ("EPSV 3", 522),
            ("PORT 127,0,0,1,4,1", 502),
            ("EPRT |1|127.0.0.1|1025|", 502),
            ("STAT", 502),
            ("SITE CHMOD 777 a", 502),
            ("GET a", 500),
            ("", 500),
            ("RETR", 501),
            ("RETR ", 501),
            ("QUIT now", 501),
        ] {
            let refusal = parse(line.as_bytes()).unwrap_err();
            assert_eq!(refusal.code(), code, "{line}");
        }
    }

    #[test]
    fn every_word_of_the_list_is_known_and_no_other_list_has_it() {
        for word in DONE {
            let refused = parse(word.as_bytes()).err();
            let needs = matches!(refused, None | Some(Refusal::Missing));
            assert!(needs && !NOT_DONE.contains(&word), "{word}");
        }
        for word in NOT_DONE {
            let refusal = parse(word.as_bytes()).unwrap_err();
            assert_eq!(refusal.code(), 502, "{word}");
        }
    }
}
