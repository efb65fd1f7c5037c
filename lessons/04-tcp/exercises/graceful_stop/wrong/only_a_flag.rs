//! Rejected by: after_the_stop_nobody_listens, who_comes_during_the_stop_is_refused
//!
//! Sets a flag and leaves the rest to the thread that accepts. That thread
//! sleeps in `accept`, and looks at the flag when the next client has come.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

type Clients = Arc<Mutex<Vec<(Weak<TcpStream>, JoinHandle<()>)>>>;

pub struct Server {
    stopping: Arc<AtomicBool>,
    clients: Clients,
}

impl Server {
    pub fn start(
        listener: TcpListener,
        serve: impl Fn(&TcpStream) + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let stopping = Arc::new(AtomicBool::new(false));
        let clients = Clients::default();
        let (stop, list) = (stopping.clone(), clients.clone());
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream.map(Arc::new) else { continue };
                let weak = Arc::downgrade(&stream);
                let serve = serve.clone();
                let mut list = list.lock().unwrap();
                let thread = thread::spawn(move || {
                    serve(&stream);
                });
                list.push((weak, thread));
            }
        });
        Ok(Server { stopping, clients })
    }

    pub fn stop(self, patience: Duration) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let end = Instant::now() + patience;
        while Instant::now() < end && self.is_serving() {
            thread::sleep(Duration::from_millis(5));
        }
        let mut cut_off = 0;
        for (stream, thread) in self.clients.lock().unwrap().drain(..) {
            if let Some(stream) = stream.upgrade() {
                cut_off += 1;
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
        cut_off
    }

    fn is_serving(&self) -> bool {
        let clients = self.clients.lock().unwrap();
        clients.iter().any(|(_, thread)| !thread.is_finished())
    }
}
