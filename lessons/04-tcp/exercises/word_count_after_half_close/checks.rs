//! What `ask` and `answer` must withstand.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use support::check::{Broken, Log, check, give_up};
use support::peer::{self, Duplex, Narrow, Pieces};

use super::exercise::*;

const TEXT: &[u8] = b"to be or not to be";

/// What `ask` returns when `serve` plays the server, on a thread of its own.
fn asks(
    log: &Log,
    text: &[u8],
    serve: impl FnOnce(&Log, TcpStream) -> Result<(), Broken> + Send + 'static,
) -> Result<Result<u64, ErrorKind>, Broken> {
    let (server, learner) = peer::connection()?;
    let servers_log = log.clone();
    let serving = thread::spawn(move || serve(&servers_log, server));
    let got = ask(learner, text).map_err(|error| error.kind());
    serving.join().expect("the server has no bugs")?;
    Ok(got)
}

/// Claims that the server hears this text. Gives the client a moment to
/// finish, and doesn't insist: that is the claim of one check only.
fn hears_text(
    log: &Log,
    server: &mut TcpStream,
    text: &[u8],
) -> Result<(), Broken> {
    peer::hears(log, server, text)?;
    server.set_read_timeout(Some(Duration::from_millis(200)))?;
    let _ = server.read(&mut [0]);
    Ok(())
}

/// A server that answers by these pieces, each when the one before has been
/// read.
fn sends(
    pieces: &'static [&'static str],
) -> impl FnOnce(&Log, TcpStream) -> Result<(), Broken> {
    move |log, mut server| {
        hears_text(log, &mut server, TEXT)?;
        for piece in pieces {
            log.note("answered", format!("{piece:?}"), "");
            // A client that doesn't listen is seen by what it returns.
            let _ = server.write_all(piece.as_bytes());
            let _ = peer::is_read(&server);
        }
        Ok(())
    }
}

#[test]
fn the_server_hears_the_text_and_its_end() {
    check("04", "Half-close")
        .because(
            "The server counts when it has heard the end. You wait for its \
             answer and it waits for your FIN, for ever. Finish your \
             direction: `shutdown(Shutdown::Write)`. Dropping a clone sends \
             no FIN as long as another descriptor of the connection is open.",
        )
        .run(|log| {
            let serve = |log: &Log, mut server: TcpStream| {
                peer::hears(log, &mut server, TEXT)?;
                log.note("server", "has the text, waits for its end", "");
                peer::hears_the_end(log, &mut server)
            };
            // What is returned without an answer is another check's claim.
            asks(log, TEXT, serve).map(|_| ())
        });
}

#[test]
fn the_answer_is_heard_after_the_half_close() {
    check("04", "Half-close")
        .because(
            "To finish sending must not close your ears: the answer comes \
             after your FIN. `Shutdown::Both` ends the reading too, and so \
             does dropping the stream.",
        )
        .run(|log| {
            let got = asks(log, TEXT, sends(&["6\n"]))?;
            log.expect(Ok(6), got)
        });
}

#[test]
fn the_answer_may_come_in_pieces() {
    check("04", "A read returns what has arrived")
        .because(
            "You took one read for the whole answer. The number is complete \
             when its newline has come, by however many reads.",
        )
        .run(|log| {
            let got = asks(log, TEXT, sends(&["1", "2", "\n"]))?;
            log.expect(Ok(12), got)
        });
}

#[test]
fn an_answer_cut_short_is_an_error() {
    check("04", "Zero bytes is the end")
        .because(
            "The server died before it had sent the newline. 1 may be the \
             beginning of 12: an answer that was cut off is none.",
        )
        .run(|log| {
            let cut: [&[&str]; 3] = [&["1"], &["12"], &[]];
            for pieces in cut {
                let got = match asks(log.afresh(), TEXT, sends(pieces))? {
                    // Whoever closes too much may hear of it like this.
                    Err(ErrorKind::ConnectionReset) => continue,
                    got => got,
                };
                log.expect(Err(ErrorKind::UnexpectedEof), got)?;
            }
            Ok(())
        });
}

#[test]
fn an_answer_that_is_no_number_is_an_error() {
    check("04", "Half-close")
        .because(
            "What comes from the network may be anything, from a server that \
             speaks another protocol as well. That is an error for the \
             caller to deal with, no reason to panic and no number.",
        )
        .run(|log| {
            let wrong: [&[&str]; 4] =
                [&["many\n"], &["\n"], &["-1\n"], &["184467440737095516160\n"]];
            for pieces in wrong {
                let got = asks(log.afresh(), TEXT, sends(pieces))?;
                log.expect(Err(ErrorKind::InvalidData), got)?;
            }
            Ok(())
        });
}

#[test]
fn a_reset_instead_of_an_answer_is_an_error() {
    check("04", "Reset")
        .given("answered", "by a reset")
        .because(
            "The connection broke while you waited. That is not the end of \
             an answer: hand the error on.",
        )
        .run(|log| {
            let serve = |log: &Log, mut server: TcpStream| {
                hears_text(log, &mut server, TEXT)?;
                Ok(peer::reset(server)?)
            };
            match asks(log, TEXT, serve)? {
                Err(_) => Ok(()),
                Ok(number) => log.broken(format!("Ok({number})")),
            }
        });
}

#[test]
fn a_text_of_megabytes_is_sent_whole() {
    check("04", "A send may be short")
        .given("text", "4 MB")
        .because(
            "The text is longer than any buffer between the two ends. Send \
             all of it before you finish.",
        )
        .run(|log| {
            let text = TEXT.repeat(4_000_000 / TEXT.len());
            let due = text.clone();
            let serve = move |log: &Log, mut server: TcpStream| {
                hears_text(log, &mut server, &due)?;
                let _ = server.write_all(b"1333332\n");
                Ok(())
            };
            let got = asks(log, &text, serve)?;
            log.expect(Ok(1_333_332), got)
        });
}

/// Claims that `answer` sends this when it has heard these pieces.
fn answers(log: &Log, from: Pieces, expected: &str) -> Result<(), Broken> {
    let to = Narrow::new(usize::MAX);
    let sent = to.taken();
    let got = answer(&mut Duplex { from, to }).map_err(|error| error.kind());
    log.expect(expected.as_bytes().to_vec(), sent.lock().unwrap().clone())?;
    log.expect(Ok(()), got)
}

#[test]
fn the_words_of_a_text_are_counted() {
    check("04", "Half-close")
        .sent(TEXT, "in one piece, then the end")
        .because(
            "Six words: to, be, or, not, to, be. The answer is their number \
             in decimal digits and a newline.",
        )
        .run(|log| answers(log, Pieces::of([TEXT]), "6\n"));
}

#[test]
fn nothing_is_answered_before_the_end() {
    check("04", "Zero bytes is the end")
        .sent("to be ", "and the client goes on")
        .because(
            "You answered while the client was still sending. What has \
             arrived so far is not the text: the text is over when a read \
             returns 0 bytes.",
        )
        .run(|log| {
            let pieces = Pieces::of(["to be ", "or not ", "to be"]);
            let mut client = Talkative { pieces, ended: false };
            log.expect(Ok(()), answer(&mut client).map_err(|e| e.kind()))
        });
}

/// A client that takes no answer before it has finished.
struct Talkative {
    pieces: Pieces,
    ended: bool,
}

impl Read for Talkative {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.pieces.read(buffer)?;
        self.ended = count == 0;
        Ok(count)
    }
}

impl Write for Talkative {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.ended {
            let answer = String::from_utf8_lossy(bytes);
            give_up(format!("the answer {answer:?}, before the end"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_word_cut_in_two_is_one_word() {
    check("04", "A read returns what has arrived")
        .because(
            "A read ended in the middle of a word. The network knows nothing \
             of words: count over the whole text, not in each read on its \
             own.",
        )
        .run(|log| {
            for cut in 1..TEXT.len() {
                let (head, tail) = TEXT.split_at(cut);
                let [head, tail] = [head, tail].map(String::from_utf8_lossy);
                log.afresh().sent(TEXT, &format!("as {head:?}, {tail:?}"));
                let pieces = Pieces::of([head.as_bytes(), tail.as_bytes()]);
                answers(log, pieces, "6\n")?;
            }
            log.afresh().sent(TEXT, "one byte at a time");
            answers(log, Pieces::single(TEXT), "6\n")
        });
}

#[test]
fn white_space_of_any_kind_and_length_separates() {
    let text = b"\tone  two\r\n\r\n   three\x0cfour ";
    check("04", "Half-close")
        .sent(text, "in one piece")
        .because(
            "Four words. Between two words there may be several blanks, tabs \
             or line ends, and there may be some before the first word and \
             behind the last. None of them is a word.",
        )
        .run(move |log| answers(log, Pieces::of([text]), "4\n"));
}

#[test]
fn a_text_without_words_has_none() {
    check("04", "Zero bytes is the end")
        .because(
            "A client that finishes at once, or sends only white space, has \
             sent no word. It gets an answer like any other: 0.",
        )
        .run(|log| {
            for text in ["", " ", "\r\n \t"] {
                log.afresh().sent(text, "then the end");
                answers(log, Pieces::single(text), "0\n")?;
            }
            Ok(())
        });
}

#[test]
fn bytes_that_are_no_utf8_are_counted_too() {
    let text = b"caf\xe9 noir";
    check("04", "A read returns what has arrived")
        .sent(text, "\"café noir\" in Latin-1")
        .because(
            "e9 on its own is not UTF-8, and in any text a read may end \
             inside a letter. To find white space you need no letters: look \
             at the bytes.",
        )
        .run(move |log| answers(log, Pieces::of([text]), "2\n"));
}

#[test]
fn an_interrupted_read_is_tried_again() {
    check("04", "A read returns what has arrived")
        .sent(TEXT, "with a signal in the middle")
        .because(
            "EINTR: a signal arrived while you waited. The text goes on; \
             signal(7) says try again.",
        )
        .run(|log| {
            let pieces = Pieces::of([&TEXT[..7]])
                .then_error(ErrorKind::Interrupted)
                .then(&TEXT[7..]);
            answers(log, pieces, "6\n")
        });
}

#[test]
fn a_reset_is_not_the_end_of_a_text() {
    check("04", "Reset")
        .sent("to be or n", "then a reset")
        .because(
            "The text was cut off, so its number of words is not known. \
             Return the error, and send no answer.",
        )
        .run(|log| {
            let from = Pieces::of(["to be or n"])
                .then_error(ErrorKind::ConnectionReset);
            let to = Narrow::new(usize::MAX);
            let sent = to.taken();
            let got = answer(&mut Duplex { from, to }).map_err(|e| e.kind());
            log.expect(Err(ErrorKind::ConnectionReset), got)?;
            log.expect(Vec::new(), sent.lock().unwrap().clone())
        });
}
