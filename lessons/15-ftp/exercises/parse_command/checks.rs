//! What `parse_command` must withstand.

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// What one call answers, in words.
fn parsed(bytes: &[u8]) -> Told {
    Told(match parse_command(bytes) {
        Ok(Some((command, length))) => {
            let Command { word, argument } = command;
            format!("{word:?} with {argument:?}, {length} bytes")
        }
        Ok(None) => "not whole yet".to_string(),
        Err(refusal) => format!("refused: {refusal:?}"),
    })
}

fn due(word: &str, argument: Option<&str>, length: usize) -> Told {
    Told(format!("{word:?} with {argument:?}, {length} bytes"))
}

fn refused(why: Refusal) -> Told {
    Told(format!("refused: {why:?}"))
}

fn not_yet() -> Told {
    Told("not whole yet".to_string())
}

/// Claims that each of these lines is refused for this reason.
fn all_refused<const N: usize>(
    log: &Log,
    why: Refusal,
    lines: [&[u8]; N],
) -> Result<(), Broken> {
    for line in lines {
        log.afresh().sent(line, "");
        log.expect(refused(why), parsed(line))?;
    }
    Ok(())
}

/// Claims that all beginnings of a line are not whole, and that it is.
fn whole_at_its_end(
    log: &Log,
    line: &[u8],
    argument: Option<&str>,
) -> Result<(), Broken> {
    for cut in 0..line.len() {
        log.afresh().sent(&line[..cut], "so far");
        log.expect(not_yet(), parsed(&line[..cut]))?;
    }
    log.afresh().sent(line, "");
    log.expect(due("RETR", argument, line.len()), parsed(line))
}

#[test]
fn a_command_is_a_word_and_an_argument() {
    check("15", "Commands and replies")
        .sent(b"RETR notes.txt\r\n", "")
        .because(
            "The word ends at the first space, the argument at CR LF. The \
             length counts every byte that the line took: the space and \
             the ending as well.",
        )
        .expect(due("RETR", Some("notes.txt"), 16), || {
            parsed(b"RETR notes.txt\r\n")
        });
}

#[test]
fn a_word_may_stand_alone() {
    check("15", "Commands and replies")
        .because(
            "PASV, QUIT and others need no argument: the line ends behind \
             the word. RFC 959, section 5.3, allows one to four letters.",
        )
        .run(|log| {
            for word in ["QUIT", "CWD", "A"] {
                let line = format!("{word}\r\n");
                log.afresh().sent(&line, "");
                let due = due(word, None, line.len());
                log.expect(due, parsed(line.as_bytes()))?;
            }
            Ok(())
        });
}

#[test]
fn the_word_is_read_in_any_case() {
    check("15", "Commands and replies")
        .because(
            "\"Upper and lower case alphabetic characters are to be treated \
             identically\" in the word: RFC 959, section 5.3. The argument \
             is a name, and a name keeps its letters.",
        )
        .run(|log| {
            for line in [b"retr A b\r\n", b"Retr A b\r\n", b"rEtR A b\r\n"] {
                log.afresh().sent(line, "");
                log.expect(due("RETR", Some("A b"), 10), parsed(line))?;
            }
            Ok(())
        });
}

#[test]
fn the_argument_is_kept_as_it_is() {
    check("15", "Commands and replies")
        .because(
            "One space ends the word. A file's name may begin with a space, \
             end with one, and hold any number of them; a tab is part of a \
             name like a letter.",
        )
        .run(|log| {
            for name in [
                " two",
                "two ",
                "  ",
                "a  b",
                "\ta\t",
                "A.TXT",
                "a,b|c",
                "%2e%2e",
                "über.txt",
            ] {
                let line = format!("STOR {name}\r\n");
                log.afresh().sent(&line, "");
                let due = due("STOR", Some(name), line.len());
                log.expect(due, parsed(line.as_bytes()))?;
            }
            Ok(())
        });
}

#[test]
fn an_empty_argument_is_not_none() {
    check("15", "Commands and replies")
        .sent(b"LIST \r\n", "")
        .because(
            "The client has said a space and nothing behind it. What that \
             means for LIST or for DELE is for the next layer to say; here \
             it is told apart from no argument.",
        )
        .expect(due("LIST", Some(""), 7), || parsed(b"LIST \r\n"));
}

#[test]
fn what_follows_the_line_is_left() {
    let wire = b"NOOP\r\nRETR a\r\n\0\n\r\xff";
    check("15", "Commands and replies")
        .sent(wire, "in one piece")
        .because(
            "A client may send the next command before the reply has come. \
             It is looked at when its turn comes; the length tells the \
             caller where it begins.",
        )
        .expect(due("NOOP", None, 6), || parsed(wire));
}

#[test]
fn half_a_line_is_not_a_command_yet() {
    check("15", "Commands and replies")
        .because(
            "TCP cuts where it likes: in a word, in a character of two \
             bytes, between CR and LF. As long as the bytes could be the \
             start of a good line, the answer is Ok(None).",
        )
        .run(|log| {
            whole_at_its_end(log, b"RETR a.txt\r\n", Some("a.txt"))?;
            let line = "RETR 文ü\r\n".as_bytes();
            whole_at_its_end(log, line, Some("文ü"))?;
            whole_at_its_end(log, b"RETR\r\n", None)
        });
}

#[test]
fn lf_alone_does_not_end_a_line() {
    check("15", "Names with line ends")
        .because(
            "A line ends with CR LF: RFC 959, section 5.3.1. Where one \
             program sees two lines and another one line with a strange \
             name, somebody's name becomes a command.",
        )
        .run(|log| {
            all_refused(
                log,
                Refusal::LineEnd,
                [
                    b"NOOP\n",
                    b"RETR a\nDELE b\r\n",
                    b"RETR a\n\r\n",
                    b"\nNOOP\r\n",
                ],
            )
        });
}

#[test]
fn a_cr_needs_its_lf() {
    check("15", "Names with line ends")
        .because(
            "A CR in the middle of a line is neither an ending nor a part \
             of a name. A listing that holds such a name would be read as \
             two lines by some clients.",
        )
        .run(|log| {
            all_refused(
                log,
                Refusal::LineEnd,
                [b"RETR a\rb\r\n", b"DELE a\rDELE b\r\n", b"NOOP\r\r\n"],
            )
        });
}

#[test]
fn a_name_holds_no_byte_0() {
    check("15", "Names with line ends")
        .because(
            "The kernel takes a name up to its first byte 0: a.txt\\0.png \
             would be judged by its end and opened by its beginning.",
        )
        .run(|log| {
            all_refused(
                log,
                Refusal::Nul,
                [b"RETR a\0b\r\n", b"RETR \0\r\n", b"RETR a.txt\0.png\r\n"],
            )
        });
}

#[test]
fn a_word_is_one_to_four_letters() {
    check("15", "Commands and replies")
        .because(
            "The first word is letters and nothing else, four at most: RFC \
             959, section 5.3. A line that begins otherwise is no command. \
             Who skips what doesn't fit does what nobody has asked for.",
        )
        .run(|log| {
            all_refused(
                log,
                Refusal::Word,
                [
                    b"\r\n",
                    b" \r\n",
                    b" NOOP\r\n",
                    b"NOOP\t\r\n",
                    b"RETRI a\r\n",
                    b"R2 a\r\n",
                    b"CWD/ a\r\n",
                    b"GET/HTTP/1.1\r\n",
                    "É a\r\n".as_bytes(),
                ],
            )
        });
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    check("15", "Names with line ends")
        .because(
            "Names go over the control connection as UTF-8: RFC 2640, \
             section 2.2. Who replaces a byte that is none by a sign for \
             it answers with a name that the client has never sent.",
        )
        .run(|log| {
            all_refused(
                log,
                Refusal::NotText,
                [
                    b"RETR caf\xe9\r\n",
                    b"RETR \xc3\r\n",
                    b"RETR \xc0\xae\xc0\xae\r\n",
                    b"\xff\xf4ABOR\r\n",
                ],
            )
        });
}

#[test]
fn a_line_of_the_limit_is_accepted() {
    check("15", "Commands and replies")
        .given("limit", format!("{LONGEST} bytes and the ending"))
        .because(
            "The limit counts the line and not its ending. A line of 512 \
             bytes that has its CR and waits for its LF isn't too long.",
        )
        .run(|log| {
            let name = "a".repeat(LONGEST - 5);
            let line = format!("RETR {name}\r\n");
            for cut in LONGEST - 1..line.len() {
                log.afresh().sent(&line[..cut], "so far");
                log.expect(not_yet(), parsed(&line.as_bytes()[..cut]))?;
            }
            log.afresh().sent(&line, "");
            let due = due("RETR", Some(&name), line.len());
            log.expect(due, parsed(line.as_bytes()))
        });
}

#[test]
fn a_longer_line_is_refused_before_it_ends() {
    check("15", "Commands and replies")
        .given("limit", format!("{LONGEST} bytes and the ending"))
        .because(
            "A client that never ends its line would else fill the memory. \
             The 513th byte of a line is enough to know.",
        )
        .run(|log| {
            let line = format!("RETR {}", "a".repeat(LONGEST - 4));
            let ended = format!("{line}\r\n");
            let long = line.repeat(40);
            for line in [&line, &ended, &long] {
                log.afresh().sent(line, "");
                let due = refused(Refusal::TooLong);
                log.expect(due, parsed(line.as_bytes()))?;
            }
            Ok(())
        });
}
