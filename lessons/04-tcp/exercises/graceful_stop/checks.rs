//! What `Server` must withstand.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use support::check::{Broken, Log, check};
use support::peer;

use super::exercise::*;

/// How long a check waits for what should happen at once.
const SOON: Duration = Duration::from_secs(2);

/// A patience that no check will live to see the end of.
const HOUR: Duration = Duration::from_secs(3600);

/// A patience that is over before the check loses its own.
const MOMENT: Duration = Duration::from_millis(100);

/// Serves a client by sending back what comes, until the end.
fn echo(mut client: &TcpStream) {
    let mut buffer = [0; 64];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        if client.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

/// Starts a server on a free port.
fn start(
    serve: impl Fn(&TcpStream) + Send + Sync + 'static,
) -> Result<(Server, SocketAddr), Broken> {
    let listener = peer::listener()?;
    let address = listener.local_addr()?;
    Ok((Server::start(listener, serve)?, address))
}

/// A client that is being served: it has said something and heard the echo.
fn served(
    log: &Log,
    address: SocketAddr,
    text: &str,
) -> Result<TcpStream, Broken> {
    let mut client = peer::client(address)?;
    client.set_read_timeout(Some(SOON))?;
    says(log, &mut client, text)?;
    Ok(client)
}

/// Claims that a client hears the echo of what it says.
fn says(log: &Log, client: &mut TcpStream, text: &str) -> Result<(), Broken> {
    log.sent(text, "by a client, which waits for the echo");
    client.write_all(text.as_bytes())?;
    peer::hears(log, client, text.as_bytes())
}

/// Calls `stop` on a thread of its own, and gives its answer when it comes.
fn stop(log: &Log, server: Server, patience: Duration) -> Receiver<usize> {
    log.note("stop", format!("is called with a patience of {patience:?}"), "");
    log.aside(move || server.stop(patience))
}

/// Claims that `stop` has returned soon, with this answer.
fn returns(
    log: &Log,
    answers: &Receiver<usize>,
    expected: usize,
) -> Result<(), Broken> {
    log.expect(expected, answer(log, answers)?)
}

/// Claims that an answer comes soon, whatever it is.
fn answer<T>(log: &Log, answers: &Receiver<T>) -> Result<T, Broken> {
    let told = match answers.recv_timeout(SOON) {
        Ok(answer) => return Ok(answer),
        Err(RecvTimeoutError::Timeout) => {
            format!("it has not returned after {} s", SOON.as_secs())
        }
        Err(RecvTimeoutError::Disconnected) => "it panicked".to_string(),
    };
    log.note("expected", "stop returns", "");
    log.broken(told)
}

/// Waits until nobody listens any more. Says whether that happened.
fn listener_is_closed(address: SocketAddr) -> Result<bool, Broken> {
    let end = Instant::now() + SOON;
    while peer::listens(address)? {
        if Instant::now() > end {
            return Ok(false);
        }
        thread::yield_now();
    }
    Ok(true)
}

#[test]
fn clients_are_served_at_the_same_time() {
    check("04", "A socket for every client")
        .because(
            "Before it can stop, a server must serve: each client on a \
             thread of its own, while others say nothing.",
        )
        .run(|log| {
            let (_server, address) = start(echo)?;
            let mut first = served(log, address, "first")?;
            let mut second = served(log, address, "second")?;
            says(log, &mut first, "first again")?;
            says(log, &mut second, "second again")
        });
}

#[test]
fn a_client_that_has_finished_hears_the_end() {
    check("04", "Zero bytes is the end")
        .because(
            "`serve` has returned, and the client still waits for the end. \
             A connection is closed when its *last* descriptor is: the \
             `try_clone` that you keep for `stop` is one.",
        )
        .run(|log| {
            let (_server, address) = start(echo)?;
            let mut client = served(log, address, "hello")?;
            log.note("given", "the client finishes, `serve` returns", "");
            client.shutdown(Shutdown::Write)?;
            peer::hears_the_end(log, &mut client)
        });
}

#[test]
fn with_nobody_there_stop_returns_at_once() {
    check("04", "Stopping a server")
        .because(
            "Nobody is connected, so there is nobody to wait for. But a \
             thread waits in `accept`, and it looks at no flag before a \
             client comes: wake it, by connecting to yourself.",
        )
        .run(|log| {
            let (server, _) = start(echo)?;
            returns(log, &stop(log, server, HOUR), 0)
        });
}

#[test]
fn after_the_stop_nobody_listens() {
    check("04", "Refused")
        .because(
            "`stop` has returned, and the port still takes clients. The \
             thread that accepts must have ended, and the listener must be \
             closed, every clone of it.",
        )
        .run(|log| {
            let (server, address) = start(echo)?;
            drop(served(log, address, "hello")?);
            // How many were cut off is another check's claim.
            answer(log, &stop(log, server, HOUR))?;
            refuses(log, address)
        });
}

/// Claims that a client which connects now is refused.
fn refuses(log: &Log, address: SocketAddr) -> Result<(), Broken> {
    log.note("given", "a client connects now", "");
    let got = TcpStream::connect(address).map(|_| ());
    log.expect(Err(ErrorKind::ConnectionRefused), got.map_err(|e| e.kind()))
}

#[test]
fn a_conversation_goes_on_while_the_server_stops() {
    check("04", "Stopping a server")
        .because(
            "This client was being served when the stop came, and there was \
             an hour of patience. It may say what it has to say and finish; \
             then `stop` returns, having cut off nobody.",
        )
        .run(|log| {
            let (server, address) = start(echo)?;
            let mut client = served(log, address, "before")?;
            let answers = stop(log, server, HOUR);
            listener_is_closed(address)?;
            is_left_alone(log, &mut client)?;
            says(log, &mut client, "during the stop")?;
            log.note("given", "the client finishes", "");
            drop(client);
            returns(log, &answers, 0)
        });
}

/// Claims that a client is not cut off: for a moment it hears nothing.
fn is_left_alone(log: &Log, client: &mut TcpStream) -> Result<(), Broken> {
    client.set_read_timeout(Some(MOMENT))?;
    let told = match client.read(&mut [0]) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            return Ok(client.set_read_timeout(Some(SOON))?);
        }
        Err(error) => error.to_string(),
        Ok(_) => "it is cut off: a read of 0 bytes".to_string(),
    };
    log.note("expected", "the client is left alone", "");
    log.broken(told)
}

#[test]
fn who_comes_during_the_stop_is_refused() {
    check("04", "Refused")
        .because(
            "You wait for the clients first and close the listener \
             afterwards. All that time the kernel goes on connecting \
             newcomers, who will never be served. Refused at once, they \
             could try another server.",
        )
        .run(|log| {
            let (server, address) = start(echo)?;
            let client = served(log, address, "hello")?;
            let answers = stop(log, server, HOUR);
            if !listener_is_closed(address)? {
                log.note("expected", "the listener is closed", "");
                return log.broken("while a client is served, it is not");
            }
            refuses(log, address)?;
            drop(client);
            answer(log, &answers).map(|_| ())
        });
}

#[test]
fn a_silent_client_is_cut_off_when_patience_is_over() {
    check("04", "Stopping a server")
        .because(
            "This client never finishes. After the patience it is cut off: \
             `join` alone would wait for ever, and closing the socket \
             doesn't wake the thread that reads from it. `shutdown` does.",
        )
        .run(|log| {
            let (server, address) = start(echo)?;
            let mut client = served(log, address, "hello")?;
            log.note("given", "then the client is silent", "");
            returns(log, &stop(log, server, MOMENT), 1)?;
            peer::hears_the_end(log, &mut client)
        });
}

#[test]
fn patience_is_for_all_together() {
    check("04", "Stopping a server")
        .because(
            "You gave each client the whole patience, one after another. \
             Thirty silent clients make thirty times the wait. Reckon the \
             end of the wait once, when it begins.",
        )
        .run(|log| {
            let (server, address) = start(echo)?;
            let mut clients = Vec::new();
            for _ in 0..30 {
                clients.push(served(log.afresh(), address, "hello")?);
            }
            log.afresh().note("given", "30 clients, which are silent", "");
            returns(log, &stop(log, server, MOMENT), 30)
        });
}

#[test]
fn no_thread_is_left_when_stop_returns() {
    check("04", "Stopping a server")
        .given("given", "a `serve` with work to do after the end")
        .because(
            "`stop` returned while a thread was still in `serve`. When the \
             program ends now, that work is lost in the middle. Join every \
             thread, those of clients that you have cut off included.",
        )
        .run(|log| {
            let ended = Arc::new(AtomicBool::new(false));
            let ends = Arc::clone(&ended);
            let (server, address) = start(move |client| {
                echo(client);
                thread::sleep(2 * MOMENT); // The work.
                ends.store(true, Ordering::SeqCst);
            })?;
            let _client = served(log, address, "hello")?;
            log.note("given", "then the client is silent", "");
            let answers = log.aside(move || {
                server.stop(MOMENT);
                ended.load(Ordering::SeqCst)
            });
            if answer(log, &answers)? {
                return Ok(());
            }
            log.note("expected", "`serve` returns, then stop", "");
            log.broken("stop returned first")
        });
}

#[test]
fn a_panic_in_serve_ends_one_client_only() {
    check("04", "Stopping a server")
        .given("given", "a `serve` that panics for the client that says !")
        .because(
            "A panic ends the thread that it happens in. What you do behind \
             `serve`, to count or to forget the client, is passed by; a lock \
             held at that moment is poisoned; and `join` returns an error. \
             None of that may stop the server, nor spoil the stop.",
        )
        .run(|log| {
            let (server, address) = start(|client| {
                let mut first = [0];
                if matches!(client.peek(&mut first), Ok(1)) && first == *b"!" {
                    // A panic, without a word from the panic hook.
                    panic::resume_unwind(Box::new("!"));
                }
                echo(client);
            })?;
            let mut client = peer::client(address)?;
            log.sent("!", "by the first client");
            client.write_all(b"!")?;
            // Closed with the ! unread: a reset. Either way it is the end.
            let _ = client.read(&mut [0]);
            drop(served(log, address, "hello")?);
            answer(log, &stop(log, server, HOUR)).map(|_| ())
        });
}
