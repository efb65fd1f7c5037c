//! A thread for each client, within bounds.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use narrator::{explain, say};

/// How long to rest when `accept` fails for want of memory or descriptors.
const REST: Duration = Duration::from_millis(100);

/// Accepts clients for ever, `accept(2)`, and serves each on a thread of its
/// own by `converse`, which says how it ended.
///
/// A client that stalls holds up nobody else, and none of them can end the
/// server. At most `clients` are served at once, and whoever comes then is
/// hung up on: a thread costs memory, and without a bound clients that
/// connect and stay silent would take it all.
pub fn each_client(
    listener: &TcpListener,
    clients: usize,
    converse: impl Fn(TcpStream) -> String + Clone + Send + 'static,
) -> ! {
    // Every client holds one more reference while it is served.
    let served = Arc::new(());
    loop {
        match listener.accept() {
            Ok((_, from)) if Arc::strong_count(&served) > clients => {
                say("server", "close", format_args!("{from}: full house"));
            }
            Ok((stream, from)) => {
                let place = Arc::clone(&served);
                let converse = converse.clone();
                begin(from, move || {
                    let end = converse(stream);
                    drop(place);
                    end
                });
            }
            // accept(2): an error may be that of the connection, or want of
            // memory or descriptors. Neither is a reason to stop serving.
            Err(error) => {
                eprintln!("accept: {}", explain(&error));
                thread::sleep(REST);
            }
        }
    }
}

/// Without a thread to be had, the client is hung up on.
fn begin(from: SocketAddr, client: impl FnOnce() -> String + Send + 'static) {
    let told = move || {
        say("server", "accept", from);
        let end = client();
        say("server", "close", format_args!("{from}: {end}"));
    };
    if let Err(error) = thread::Builder::new().spawn(told) {
        eprintln!("thread: {}", explain(&error));
    }
}
