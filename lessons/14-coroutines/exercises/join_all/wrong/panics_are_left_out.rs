//! Rejected by: a_panic_is_the_result_of_one
//!
//! Gives the results that there are.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::thread;

use lesson_coroutines::join::Join;
use lesson_coroutines::scheduler::spawn;

/// Something to do, for instance a question to a server.
pub type Work<T> = Box<dyn FnOnce() -> T>;

/// Runs all works at the same time. Their results, in the order of the works.
pub fn all<T: 'static>(
    works: Vec<Work<T>>,
) -> io::Result<Vec<thread::Result<T>>> {
    // All have begun before anybody waits.
    let joins: Vec<_> =
        works.into_iter().map(spawn).collect::<io::Result<_>>()?;
    Ok(joins.into_iter().map(Join::join).filter(Result::is_ok).collect())
}

/// Runs so many works at the same time. Their results, in the order of the
/// works.
pub fn at_most<T: 'static>(
    limit: usize,
    works: Vec<Work<T>>,
) -> io::Result<Vec<thread::Result<T>>> {
    let left = Rc::new(RefCell::new(works.into_iter().enumerate()));
    let results = Rc::new(RefCell::new(Vec::new()));
    // So many workers, each of which takes the next when it is done.
    let worker = |_| {
        let (left, results) = (left.clone(), results.clone());
        let work = move || -> io::Result<()> {
            loop {
                // Not borrowed while the work runs.
                let next = left.borrow_mut().next();
                let Some((number, work)) = next else { return Ok(()) };
                let result = spawn(work)?.join();
                results.borrow_mut().push((number, result));
            }
        };
        spawn(work)
    };
    let workers: Vec<_> =
        (0..limit.max(1)).map(worker).collect::<io::Result<_>>()?;
    for worker in workers {
        worker.join().map_err(|_| io::Error::other("a worker panicked"))??;
    }
    let mut results = results.take();
    results.sort_unstable_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
