//! What the scheduler promises: turns, waits, ends; and the executor the
//! same.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lesson_coroutines::channel::channel;
use lesson_coroutines::net::{Source, TcpListener, TcpStream};
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::scheduler::{Builder, run, sleep, spawn, yield_now};

const HERE: &str = "127.0.0.1:0";
const SOON: Duration = Duration::from_millis(5);
const LATER: Duration = Duration::from_secs(60);

type Story = Rc<RefCell<Vec<String>>>;

#[test]
fn coroutines_take_turns_in_the_order_of_the_queue() {
    let story = Story::default();
    let told = story.clone();

    run(move || {
        let tell = |who: &'static str| {
            let story = story.clone();
            move || {
                for n in 0..3 {
                    story.borrow_mut().push(format!("{who}{n}"));
                    yield_now();
                }
            }
        };
        let a = spawn(tell("a")).unwrap();
        let b = spawn(tell("b")).unwrap();
        a.join().unwrap();
        b.join().unwrap();
    })
    .unwrap();

    let expected = ["a0", "b0", "a1", "b1", "a2", "b2"];
    assert_eq!(*told.borrow(), expected);
}

#[test]
fn who_sleeps_less_wakes_first() {
    let order = run(|| {
        let (tell, told) = channel(3);
        for ms in [30, 10, 20] {
            let tell = tell.clone();
            spawn(move || {
                sleep(Duration::from_millis(ms));
                tell.send(ms)
            })
            .unwrap();
        }
        drop(tell);
        told.collect::<Vec<_>>()
    });

    assert_eq!(order.unwrap(), [10, 20, 30]);
}

#[test]
fn a_panic_ends_one_coroutine_and_no_other() {
    let result = run(|| {
        let fails = spawn(|| -> u32 { panic!("at its own end") }).unwrap();
        let works = spawn(|| {
            yield_now();
            7
        })
        .unwrap();
        let panic = fails.join().unwrap_err();
        (*panic.downcast_ref::<&str>().unwrap(), works.join().unwrap())
    });

    assert_eq!(result.unwrap(), ("at its own end", 7));
}

#[test]
fn a_panic_of_the_first_goes_on_in_the_caller() {
    let caught =
        catch_unwind(AssertUnwindSafe(|| run(|| -> u32 { panic!("of main") })));

    let panic = caught.map(|_| ()).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"of main"));
    assert_eq!(run(|| 3).unwrap(), 3);
}

#[test]
fn whoever_is_left_is_unwound() {
    struct Dropped(Rc<Cell<u32>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();

    run(move || {
        for wait in [true, false] {
            let dropped = Dropped(count.clone());
            spawn(move || {
                let _dropped = dropped;
                loop {
                    if wait { sleep(LATER) } else { yield_now() }
                }
            })
            .unwrap();
        }
        let never = Dropped(count.clone());
        yield_now();
        spawn(move || drop(never)).unwrap();
    })
    .unwrap();

    assert_eq!(counted.get(), 3);
}

#[test]
fn coroutines_that_wait_for_each_other_are_told_of() {
    let error = run(|| {
        let (hold, told) = channel::<()>(1);
        let waits = spawn(move || told.recv()).unwrap();
        let result = waits.join();
        drop(hold);
        result.is_ok()
    });

    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadlock);
    assert!(error.to_string().starts_with("2 coroutines"), "{error}");
}

#[test]
fn a_second_scheduler_in_a_thread_is_refused() {
    let inner = run(|| run(|| ()).map_err(|error| error.kind())).unwrap();

    assert_eq!(inner, Err(ErrorKind::AlreadyExists));
}

#[test]
fn a_channel_keeps_the_order_and_its_bound() {
    let (values, most) = run(|| {
        let (tell, told) = channel(2);
        let ahead = Rc::new(Cell::new(0));
        let most = Rc::new(Cell::new(0));
        let (sent, highest) = (ahead.clone(), most.clone());
        spawn(move || {
            for n in 0..100 {
                tell.send(n).unwrap();
                sent.set(sent.get() + 1);
                highest.set(highest.get().max(sent.get()));
            }
        })
        .unwrap();
        let values: Vec<_> = told
            .inspect(|_| {
                ahead.set(ahead.get() - 1);
                yield_now();
            })
            .collect();
        (values, most.get())
    })
    .unwrap();

    assert_eq!(values, (0..100).collect::<Vec<_>>());
    assert_eq!(most, 2);
}

#[test]
fn a_channel_without_a_receiver_gives_the_value_back() {
    let (first, second) = run(|| {
        let (tell, told) = channel(1);
        tell.send("kept").unwrap();
        let waits = tell.clone();
        let waits = spawn(move || waits.send("given back")).unwrap();
        yield_now();
        drop(told);
        (waits.join().unwrap(), tell.send("refused"))
    })
    .unwrap();

    assert_eq!((first, second), (Err("given back"), Err("refused")));
}

#[test]
fn a_read_waits_and_others_run_meanwhile() {
    let story = run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap())?;
        let address = listener.local_addr()?;
        let (tell, told) = channel(9);
        let hear = tell.clone();
        let server = spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let mut buffer = [0; 64];
            let _ = hear.send("server waits");
            let bytes = stream.read(&mut buffer)?;
            let _ = hear.send("server has read");
            stream.write_all(&buffer[..bytes])?;
            stream.read(&mut buffer)
        })?;
        let mut client = TcpStream::connect(address)?;
        for _ in 0..5 {
            yield_now();
        }
        let _ = tell.send("client sends");
        client.write_all(b"hello")?;
        let mut answer = [0; 5];
        client.read_exact(&mut answer)?;
        assert_eq!(&answer, b"hello");
        client.shutdown(Shutdown::Write)?;
        assert_eq!(server.join().unwrap()?, 0);
        drop(tell);
        io::Result::Ok(told.collect::<Vec<_>>())
    });

    let expected = ["server waits", "client sends", "server has read"];
    assert_eq!(story.unwrap().unwrap(), expected);
}

#[test]
fn much_data_goes_both_ways_through_small_buffers() {
    const ALL: usize = 5_000_000;
    let bytes = run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap())?;
        let address = listener.local_addr()?;
        spawn(move || {
            let (stream, _) = listener.accept()?;
            io::copy(&mut &stream, &mut &stream)
        })?;
        let client = Rc::new(TcpStream::connect(address)?);
        let writes = client.clone();
        let writer = spawn(move || {
            (&*writes).write_all(&vec![7; ALL])?;
            writes.shutdown(Shutdown::Write)
        })?;
        let mut all = Vec::new();
        (&*client).read_to_end(&mut all)?;
        writer.join().unwrap()?;
        assert!(all.iter().all(|&byte| byte == 7));
        io::Result::Ok(all.len())
    });

    assert_eq!(bytes.unwrap().unwrap(), ALL);
}

#[test]
fn a_read_that_is_late_times_out_and_the_next_works() {
    run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        server.set_limit(Some(SOON));
        let began = Instant::now();

        let late = server.read(&mut [0; 9]).unwrap_err();

        assert_eq!(late.kind(), ErrorKind::TimedOut);
        assert!(began.elapsed() >= SOON);
        client.write_all(b"now").unwrap();
        server.set_limit(Some(LATER));
        assert_eq!(server.read(&mut [0; 9]).unwrap(), 3);
    })
    .unwrap();
}

#[test]
fn a_refused_connection_is_an_error() {
    let error = run(|| {
        let unused = TcpListener::bind(HERE.parse().unwrap()).unwrap();
        let address = unused.local_addr().unwrap();
        drop(unused);
        TcpStream::connect(address).map(|_| ())
    });

    let error = error.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_reset_is_an_error_of_one_coroutine() {
    run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let waits = spawn(move || server.read(&mut [0; 9])).unwrap();
        yield_now();

        // With data unread, close(2) resets; so does a linger time of 0.
        let socket = socket2::SockRef::from(client.get());
        socket.set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);

        let error = waits.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    })
    .unwrap();
}

#[test]
fn a_shutdown_wakes_whoever_waits_in_a_read() {
    run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).unwrap();
        let server = Rc::new(listener.accept().unwrap().0);
        let reads = server.clone();
        let waits = spawn(move || (&*reads).read(&mut [0; 9])).unwrap();
        yield_now();

        server.shutdown(Shutdown::Both).unwrap();

        assert_eq!(waits.join().unwrap().unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn anything_with_a_descriptor_can_be_waited_for() {
    run(|| {
        let (near, mut far) = UnixStream::pair().unwrap();
        let near = Source::new(near).unwrap();
        let read = |mut socket: &UnixStream| socket.read(&mut [0; 9]);
        let waits = spawn(move || near.call(Direction::Read, read)).unwrap();
        yield_now();

        far.write_all(b"abc").unwrap();

        assert_eq!(waits.join().unwrap().unwrap(), 3);
    })
    .unwrap();
}

#[test]
fn two_may_wait_for_one_descriptor() {
    run(|| {
        let listener = TcpListener::bind(HERE.parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = Rc::new(listener);
        let accepts: Vec<_> = (0..2)
            .map(|_| {
                let listener = listener.clone();
                spawn(move || listener.accept().map(|_| ())).unwrap()
            })
            .collect();
        yield_now();

        let clients: Vec<_> =
            (0..2).map(|_| TcpStream::connect(address).unwrap()).collect();

        for accept in accepts {
            accept.join().unwrap().unwrap();
        }
        drop(clients);
    })
    .unwrap();
}

#[test]
fn a_coroutine_gets_the_stack_it_asks_for() {
    fn deep(levels: u32) -> u32 {
        let room = std::hint::black_box([levels; 256]);
        if levels == 0 { room[0] } else { deep(levels - 1) + 1 }
    }
    let levels = run(|| {
        let builder = Builder::new().name("deep").stack(16 << 20);
        builder.spawn(|| deep(4000)).unwrap().join().unwrap()
    });

    assert_eq!(levels.unwrap(), 4000);
}

#[test]
fn a_hundred_thousand_come_and_go() {
    let all = run(|| {
        let mut all = 0;
        for _ in 0..100 {
            let some: Vec<_> =
                (0..1000).map(|n| spawn(move || n).unwrap()).collect();
            for one in some {
                all += one.join().unwrap();
            }
        }
        all
    });

    assert_eq!(all.unwrap(), 100 * (999 * 1000 / 2));
}
