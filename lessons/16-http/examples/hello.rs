//! A fixed short reply, for scripts/bench-http.

use std::io;

use lesson_coroutines::scheduler;
use lesson_http::{
    Answer, Handler, Method, Methods, Request, Response, Server, Settings,
    listen,
};

struct Hello;

impl Handler for Hello {
    fn methods(&self, _: &Request<'_, '_>) -> Methods {
        Methods::of(&[Method::Get])
    }

    fn do_get(&self, _: &Request<'_, '_>) -> Answer {
        Ok(Response::text(200, "Hello, world!"))
    }
}

fn main() -> io::Result<()> {
    scheduler::run(|| {
        let listener = listen(([127, 0, 0, 1], 0).into())?;
        println!("listening on {}", listener.local_addr()?);
        Server::new(Hello, Settings::default(), 1000).run(listener)
    })?
}
