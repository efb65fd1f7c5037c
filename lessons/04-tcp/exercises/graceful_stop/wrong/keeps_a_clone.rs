//! Rejected by: a_client_that_has_finished_hears_the_end
//!
//! Keeps a clone of every socket, to be able to cut it off. A connection is
//! closed when its last descriptor is, so no client ever sees the end.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Clients = Arc<Mutex<Vec<(TcpStream, JoinHandle<()>)>>>;

pub struct Server {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    acceptor: JoinHandle<()>,
    clients: Clients,
}

impl Server {
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let clients = Clients::default();
        let (stop, list) = (stopping.clone(), clients.clone());
        let serve = Arc::new(serve);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let Ok(clone) = stream.try_clone() else { continue };
                let serve = serve.clone();
                let mut list = list.lock().unwrap();
                let thread = thread::spawn(move || {
                    serve(&stream);
                });
                list.push((clone, thread));
            }
        });
        Ok(Server { address, stopping, acceptor, clients })
    }

    pub fn stop(self, patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.join();
        let end = Instant::now() + patience;
        while Instant::now() < end && is_serving(&self.clients) {
            thread::sleep(Duration::from_millis(5));
        }
        let mut cut_off = 0;
        for (stream, thread) in self.clients.lock().unwrap().drain(..) {
            if !thread.is_finished() {
                cut_off += 1;
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
        cut_off
    }
}

fn is_serving(clients: &Clients) -> bool {
    let clients = clients.lock().unwrap();
    clients.iter().any(|(_, thread)| !thread.is_finished())
}
