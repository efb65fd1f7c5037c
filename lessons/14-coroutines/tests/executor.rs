//! What the executor promises: what the scheduler does, by futures.

use std::cell::RefCell;
use std::future::pending;
use std::io::{ErrorKind, Result};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson_coroutines::async_net::{TcpListener, TcpStream};
use lesson_coroutines::executor::{run, sleep, spawn, yield_now};

const SOON: Duration = Duration::from_millis(5);
const LATER: Duration = Duration::from_secs(60);

fn here() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn pair() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(here())?;
    let client = TcpStream::connect(listener.local_addr()?).await?;
    Ok((client, listener.accept().await?.0))
}

#[test]
fn futures_take_turns_in_the_order_of_the_queue() {
    let story = Rc::new(RefCell::new(Vec::new()));
    let told = story.clone();

    run(async move {
        let tell = |who: &'static str| {
            let story = story.clone();
            async move {
                for n in 0..3 {
                    story.borrow_mut().push(format!("{who}{n}"));
                    yield_now().await;
                }
            }
        };
        let a = spawn(tell("a")).unwrap();
        let b = spawn(tell("b")).unwrap();
        a.join().await.unwrap();
        b.join().await.unwrap();
    })
    .unwrap();

    assert_eq!(*told.borrow(), ["a0", "b0", "a1", "b1", "a2", "b2"]);
}

#[test]
fn a_panic_ends_one_future_and_no_other() {
    let result = run(async {
        let fails = async {
            if true {
                panic!("at its own end")
            }
        };
        let fails = spawn(fails).unwrap();
        let works = spawn(async {
            sleep(SOON).await;
            7
        });
        let panic = fails.join().await.unwrap_err();
        let words = *panic.downcast_ref::<&str>().unwrap();
        (words, works.unwrap().join().await.unwrap())
    });

    assert_eq!(result.unwrap(), ("at its own end", 7));
}

#[test]
fn futures_that_nobody_can_wake_are_told_of() {
    let error = run(async {
        let waits = spawn(pending::<()>()).unwrap();
        waits.join().await.is_ok()
    });

    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadlock);
    assert!(error.to_string().starts_with("2 futures"), "{error}");
}

#[test]
fn whatever_is_left_is_dropped() {
    let held = Rc::new(());
    let holds = held.clone();

    run(async move {
        spawn(async move {
            let _holds = holds;
            sleep(LATER).await;
        })
        .unwrap();
        yield_now().await;
    })
    .unwrap();

    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn a_read_that_is_late_times_out_and_the_next_works() {
    run(async {
        let (client, server) = pair().await.unwrap();
        server.set_limit(Some(SOON));
        let began = Instant::now();

        let late = server.read(&mut [0; 9]).await.unwrap_err();

        assert_eq!(late.kind(), ErrorKind::TimedOut);
        assert!(began.elapsed() >= SOON);
        client.write_all(b"now").await.unwrap();
        server.set_limit(Some(LATER));
        assert_eq!(server.read(&mut [0; 9]).await.unwrap(), 3);
    })
    .unwrap();
}

#[test]
fn much_data_goes_both_ways_through_small_buffers() {
    const ALL: usize = 3_000_000;
    let came = run(async {
        let (client, server) = pair().await?;
        spawn(async move {
            let mut buffer = [0; 4096];
            while let bytes @ 1.. = server.read(&mut buffer).await? {
                server.write_all(&buffer[..bytes]).await?;
            }
            Result::Ok(())
        })?;
        let client = Rc::new(client);
        let writes = client.clone();
        spawn(async move { writes.write_all(&vec![7; ALL]).await })?;
        let (mut came, mut buffer) = (0, vec![0; 10_000]);
        while came < ALL {
            let bytes = client.read(&mut buffer).await?;
            assert!(buffer[..bytes].iter().all(|&byte| byte == 7));
            came += bytes;
        }
        Result::Ok(came)
    });

    assert_eq!(came.unwrap().unwrap(), ALL);
}
