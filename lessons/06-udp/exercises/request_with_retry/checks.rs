//! What `request` must send, take and ignore.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::mpsc::{self, TryRecvError};
use std::time::{Duration, Instant};

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// Longer than any check: what is due has come before.
const LONG: Duration = Duration::from_secs(4);

/// A wait that a check waits for.
const SHORT: Duration = Duration::from_millis(50);

/// The id of the request.
const ID: u16 = 0x0107;

fn socket() -> io::Result<UdpSocket> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
}

/// Asks this server.
fn asked(server: &UdpSocket) -> io::Result<Request> {
    let server = server.local_addr()?;
    Ok(Request { server, id: ID, data: b"time?".to_vec() })
}

/// A datagram to the client, which has it before the call begins.
fn sends(
    log: &Log,
    from: &UdpSocket,
    client: &UdpSocket,
    data: &[u8],
    how: &str,
) -> io::Result<()> {
    log.sent(data, how);
    from.send_to(data, client.local_addr()?).map(drop)
}

/// Claims that the request's answer is "noon", whatever came before it.
fn noon(
    log: &Log,
    server: &UdpSocket,
    client: &UdpSocket,
) -> Result<(), Broken> {
    sends(log, server, client, b"\x01\x07noon", "the answer")?;
    let got = request(client, &asked(server)?, LONG, 1)?;
    log.expect(b"noon".to_vec(), got)
}

/// All datagrams that a socket has by now.
fn taken(socket: &UdpSocket) -> io::Result<Vec<Vec<u8>>> {
    socket.set_nonblocking(true)?;
    let mut all = Vec::new();
    let mut buffer = [0; 1_500];
    while let Ok(count) = socket.recv(&mut buffer) {
        all.push(buffer[..count].to_vec());
    }
    Ok(all)
}

#[test]
fn an_answer_ends_it() {
    check("06", "Asking again")
        .because(
            "The answer was there: its data is what you give, even if \
             empty, and nothing is asked a second time.",
        )
        .run(|log| {
            for data in [&b"noon"[..], b""] {
                let (server, client) = (socket()?, socket()?);
                let answer = [b"\x01\x07", data].concat();
                sends(log.afresh(), &server, &client, &answer, "the answer")?;
                let got = request(&client, &asked(&server)?, LONG, 3)?;
                log.expect(data.to_vec(), got)?;
                let due = vec![b"\x01\x07time?".to_vec()];
                log.expect(due, taken(&server)?)?;
            }
            Ok(())
        });
}

#[test]
fn a_lost_request_is_sent_again() {
    check("06", "Asking again")
        .because(
            "Nobody tells you that a datagram was lost. When the wait is \
             over, send the same again.",
        )
        .given("peer", "answers the third request, not the first two")
        .run(|log| {
            let (server, client) = (socket()?, socket()?);
            let asked = asked(&server)?;
            let answers =
                log.aside(move || request(&client, &asked, SHORT, 40));
            server.set_read_timeout(Some(LONG))?;
            let mut buffer = [0; 1_500];
            let mut client_at = None;
            for which in ["first", "second", "third"] {
                let due = b"\x01\x07time?".to_vec();
                let Ok((count, from)) = server.recv_from(&mut buffer) else {
                    log.note(
                        "expected",
                        due.show(),
                        &format!("the {which} one"),
                    );
                    return log.broken("no request within 4 s");
                };
                log.expect(due, buffer[..count].to_vec())?;
                client_at = Some(from);
            }
            if let Some(client) = client_at {
                server.send_to(b"\x01\x07noon", client)?;
            }
            match answers.recv_timeout(LONG) {
                Ok(got) => log.expect(b"noon".to_vec(), got?),
                Err(_) => log.broken("no answer was given"),
            }
        });
}

#[test]
fn it_gives_up_after_so_many() {
    check("06", "Asking again")
        .because(
            "The server is silent. `times` is how often the request is sent \
             in all; after the last, too, you wait, and then tell of it.",
        )
        .given("peer", "never answers; 3 times, 50 ms each")
        .run(|log| {
            let (server, client) = (socket()?, socket()?);
            let begun = Instant::now();
            let got = request(&client, &asked(&server)?, SHORT, 3);
            let kind = got.map_err(|error| error.kind());
            log.expect(Err(ErrorKind::TimedOut), kind)?;
            let due = vec![b"\x01\x07time?".to_vec(); 3];
            log.expect(due, taken(&server)?)?;
            // A timer of the kernel's may be a little coarse.
            if begun.elapsed() < SHORT * 3 - SHORT / 5 {
                return log.broken("gave up before the waits were over");
            }
            Ok(())
        });
}

#[test]
fn an_answer_to_another_request_is_ignored() {
    check("06", "Answers that lie")
        .because(
            "It came late, or twice, and answers an earlier request. Only \
             the id tells it from the answer to yours.",
        )
        .run(|log| {
            let (server, client) = (socket()?, socket()?);
            for id in [b"\x01\x06", b"\x00\x07", b"\x07\x01"] {
                let late = [&id[..], b"late"].concat();
                sends(log, &server, &client, &late, "another id")?;
            }
            noon(log, &server, &client)
        });
}

#[test]
fn an_answer_from_another_port_is_ignored() {
    check("06", "Answers that lie")
        .because(
            "Anybody can send to your port, and guess an id of 16 bits. \
             Compare the whole address, with the port.",
        )
        .run(|log| {
            let (server, client) = (socket()?, socket()?);
            let other = socket()?;
            let lie = b"\x01\x07midnight";
            sends(log, &other, &client, lie, "from another port")?;
            noon(log, &server, &client)
        });
}

#[test]
fn a_short_datagram_is_ignored() {
    check("06", "Answers that lie")
        .because("It has no room for an id. It must not end the program.")
        .run(|log| {
            let (server, client) = (socket()?, socket()?);
            sends(log, &server, &client, b"", "no bytes")?;
            sends(log, &server, &client, b"\x01", "one byte")?;
            noon(log, &server, &client)
        });
}

#[test]
fn strays_do_not_prolong_the_wait() {
    check("06", "Asking again")
        .because(
            "Strays came all the time. If each begins the wait anew, it \
             never ends. Wait until a moment, not for a time.",
        )
        .given("peer", "sends a wrong id every few milliseconds")
        .run(|log| {
            let due = Err(ErrorKind::TimedOut);
            for _ in 0..20 {
                let (got, pause) = among_strays(log)?;
                // On a busy machine the strays may pause as long as the
                // wait. Then an end says nothing: once more.
                if got != due || pause < SHORT {
                    return log.expect(due, got);
                }
            }
            Ok(())
        });
}

/// What a request gives while strays come, and their longest pause.
fn among_strays(
    log: &Log,
) -> Result<(Result<Vec<u8>, ErrorKind>, Duration), Broken> {
    let (server, client) = (socket()?, socket()?);
    let (asked, to) = (asked(&server)?, client.local_addr()?);
    let ends = log.aside(move || request(&client, &asked, SHORT, 2));
    let (_open, pace) = mpsc::channel::<()>();
    let begun = Instant::now();
    let (mut last, mut pause) = (begun, Duration::ZERO);
    while begun.elapsed() < LONG {
        let now = Instant::now();
        server.send_to(b"\x01\x06late", to)?;
        pause = pause.max(last.elapsed());
        last = now;
        match ends.try_recv() {
            Ok(got) => return Ok((got.map_err(|e| e.kind()), pause)),
            Err(TryRecvError::Disconnected) => return Err(Broken::told()),
            Err(TryRecvError::Empty) => {}
        }
        // How dense the strays are; nothing waits for it.
        let _ = pace.recv_timeout(Duration::from_millis(5));
    }
    log.broken("still waiting after 4 s")
}
