//! The clients of both servers: each sends one message a round, and waits for
//! its echo.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use narrator::explain;
use nix::libc;
use nix::sys::resource::{Resource, getrlimit};

use super::{LENGTH, MESSAGES};
use crate::scene::PATIENCE;

/// Both ends of some connections.
pub struct Clients {
    clients: Vec<TcpStream>,
    streams: Vec<Arc<TcpStream>>,
}

/// What a server is given.
pub struct Server {
    /// Its ends of the connections.
    pub streams: Vec<Arc<TcpStream>>,
    /// Says at each round that all messages are there.
    pub there: Receiver<()>,
}

impl Server {
    /// How many rounds there are.
    pub fn rounds(&self) -> usize {
        MESSAGES / self.streams.len()
    }
}

impl Clients {
    /// Connects so many.
    ///
    /// # Errors
    /// The process may open too few descriptors.
    pub fn connect(count: usize) -> io::Result<Self> {
        Self::try_to_connect(count).map_err(|error| too_few(count, error))
    }

    fn try_to_connect(count: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (mut clients, mut streams) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let client = TcpStream::connect(address)?;
            client.set_read_timeout(Some(PATIENCE))?;
            clients.push(client);
            streams.push(Arc::new(listener.accept()?.0));
        }
        Ok(Clients { clients, streams })
    }

    /// Runs the clients beside the server. `look` says whether to look into
    /// its sockets for the messages: a recv that waits there takes them.
    pub fn play<T>(
        self,
        look: bool,
        serve: impl FnOnce(Server) -> io::Result<T>,
    ) -> io::Result<T> {
        let Clients { clients, streams } = self;
        let (tell, there) = mpsc::channel();
        let server = Server { streams: streams.clone(), there };
        thread::scope(|scope| {
            let streams = if look { streams } else { Vec::new() };
            let clients = scope.spawn(move || chat(&clients, &streams, &tell));
            let served = serve(server);
            let chatted = clients.join();
            let told = io::Error::other("the clients panicked");
            chatted.unwrap_or(Err(told))?;
            served
        })
    }
}

/// Says of EMFILE which limit it is, and how to raise it.
fn too_few(count: usize, error: io::Error) -> io::Error {
    if error.raw_os_error() != Some(libc::EMFILE) {
        return error;
    }
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    io::Error::other(format!(
        "{}: {count} connections take {} descriptors, and this process may \
         have {limit} in all: raise it by `ulimit -n 1024`",
        explain(&error),
        2 * count,
    ))
}

fn chat(
    clients: &[TcpStream],
    streams: &[Arc<TcpStream>],
    tell: &Sender<()>,
) -> io::Result<()> {
    let message = [b'x'; LENGTH];
    for _ in 0..MESSAGES / clients.len() {
        for mut client in clients {
            client.write_all(&message)?;
        }
        for stream in streams {
            while stream.peek(&mut [0; LENGTH])? < LENGTH {
                thread::yield_now();
            }
        }
        // A server that doesn't listen finds out by itself, or has failed.
        let _ = tell.send(());
        for mut client in clients {
            let mut echo = [0; LENGTH];
            client.read_exact(&mut echo)?;
            if echo != message {
                return Err(io::Error::other("the echo is another message"));
            }
        }
    }
    Ok(())
}
