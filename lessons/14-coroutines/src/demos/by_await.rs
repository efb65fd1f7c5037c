//! The same by async and await, side by side.
//!
//! ```text
//! a coroutine                        a future
//! let n = stream.read(&mut b)?;      let n = stream.read(&mut b).await?;
//! its stack waits                    its fields wait
//! any function may wait in it        each function on the way is async
//! ```
//!
//! One story, told twice: by the coroutines of `scheduler` and by the futures
//! of `executor`, which stand on the same reactor. Then what each of them
//! needs while it waits.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use lesson_coroutines::coroutine::{Coroutine, State};
use lesson_coroutines::{async_net, executor, net, scheduler};
use narrator::{line, say};

use super::{ANY, panicked};

/// What happens, in order.
#[derive(Clone, Default)]
struct Story(Rc<RefCell<Vec<String>>>);

impl Story {
    fn tell(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }
}

/// Both stories in two columns, and what each of the two costs.
pub fn run() -> io::Result<()> {
    let (left, right) = (Story::default(), Story::default());
    let (tell, also) = (left.clone(), right.clone());
    scheduler::run(move || coroutines(&tell))??;
    executor::run(async move { futures(&also).await })??;

    line(format_args!("{:<30}{}", "coroutines", "futures"));
    let (left, right) = (left.0.take(), right.0.take());
    for (left, right) in left.iter().zip(&right) {
        line(format_args!("{left:<30}{right}"));
    }
    let same = if left == right { "the same" } else { "another" };
    line("");
    say("both", "order", same);
    sizes()?;
    through_a_function()
}

// ANCHOR: coroutines
fn coroutines(story: &Story) -> io::Result<()> {
    let listener = net::TcpListener::bind(ANY)?;
    let address = listener.local_addr()?;
    let tell = story.clone();
    let server = scheduler::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = [0; 64];
        let bytes = stream.read(&mut buffer)?;
        tell.tell(format!("server  read {bytes} bytes"));
        scheduler::sleep(Duration::from_millis(5));
        tell.tell("server  has slept");
        stream.write_all(&buffer[..bytes])
    })?;
    let mut client = net::TcpStream::connect(address)?;
    scheduler::yield_now();
    story.tell("client  write 5 bytes");
    client.write_all(b"hello")?;
    let mut answer = [0; 5];
    client.read_exact(&mut answer)?;
    story.tell("client  read 5 bytes");
    server.join().map_err(panicked)?
}
// ANCHOR_END: coroutines

// ANCHOR: futures
async fn futures(story: &Story) -> io::Result<()> {
    let listener = async_net::TcpListener::bind(ANY)?;
    let address = listener.local_addr()?;
    let tell = story.clone();
    let server = executor::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let mut buffer = [0; 64];
        let bytes = stream.read(&mut buffer).await?;
        tell.tell(format!("server  read {bytes} bytes"));
        executor::sleep(Duration::from_millis(5)).await;
        tell.tell("server  has slept");
        stream.write_all(&buffer[..bytes]).await
    })?;
    let client = async_net::TcpStream::connect(address).await?;
    executor::yield_now().await;
    story.tell("client  write 5 bytes");
    client.write_all(b"hello").await?;
    let mut answer = [0; 5];
    client.read_exact(&mut answer).await?;
    story.tell("client  read 5 bytes");
    server.join().await.map_err(panicked)?
}
// ANCHOR_END: futures

/// What a wait takes up: pages of a stack, or the fields of a future.
fn sizes() -> io::Result<()> {
    let mut coroutine = Coroutine::new(|yielder, ()| {
        let buffer = std::hint::black_box([0u8; 64]);
        yielder.suspend(());
        buffer[0]
    })?;
    let _: State<(), u8> = coroutine.resume(());
    let pages = coroutine.stack().resident() / lesson_coroutines::stack::page();
    say("a wait", "coroutine", format_args!("{pages} pages of a stack"));

    let future = async {
        let buffer = std::hint::black_box([0u8; 64]);
        executor::yield_now().await;
        buffer[0]
    };
    let bytes = size_of_val(&future);
    drop(future);
    say("a wait", "future", format_args!("{bytes} bytes"));
    Ok(())
}

// ANCHOR: through
/// A function of the standard library in the middle: it calls our closure
/// for each number, and knows of no waits.
fn through_a_function() -> io::Result<()> {
    let mut doubled = Coroutine::new(|yielder, ()| {
        (1..=3).for_each(|number| yielder.suspend(number * 2));
    })?;
    let mut all = Vec::new();
    while let State::Yielded(number) = doubled.resume(()) {
        all.push(number);
    }
    say(
        "within",
        "coroutine",
        format_args!("waits inside of for_each: {all:?}"),
    );
    let what = "can't: for_each takes no async closure";
    say("within", "future", what);
    Ok(())
}
// ANCHOR_END: through
