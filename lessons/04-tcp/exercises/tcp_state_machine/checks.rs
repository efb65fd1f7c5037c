//! The ways through the states that `Connection` must know.

use support::check::{Broken, Log, check};

use super::exercise::*;

use Event::{ActiveOpen, Close, PassiveOpen, Receive, Timeout};
use Segment::{Ack, Fin, FinAck, Rst, Syn, SynAck};
use State::*;

const STATES: [State; 11] = [
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
];

const SEGMENTS: [Segment; 6] = [Syn, SynAck, Ack, Fin, FinAck, Rst];

/// What is to happen at an event: the segment to send, and the next state.
type Step = (Event, Option<Segment>, State);

/// Claims that a new connection takes these steps.
fn follows(log: &Log, steps: &[Step]) -> Result<(), Broken> {
    from(log, Closed, steps)
}

/// Claims that from a state these steps follow.
fn from(log: &Log, state: State, steps: &[Step]) -> Result<(), Broken> {
    let mut connection = reach(log, state)?;
    for (event, send, next) in steps {
        step(log, &mut connection, *event, Ok(*send), *next)?;
    }
    Ok(())
}

/// A connection that has gone from CLOSED to a state.
fn reach(log: &Log, state: State) -> Result<Connection, Broken> {
    log.afresh();
    let mut connection = Connection::new();
    for (event, send, next) in way_to(state) {
        if let Err(broken) = step(log, &mut connection, event, Ok(send), next) {
            let told = format!("on the way to {state:?}: mend that first");
            log.note("trouble", told, "");
            return Err(broken);
        }
    }
    Ok(connection)
}

/// Claims what one event brings about.
fn step(
    log: &Log,
    connection: &mut Connection,
    event: Event,
    answer: Result<Option<Segment>, Illegal>,
    next: State,
) -> Result<(), Broken> {
    log.note("state", format!("{:?}", connection.state()), "");
    log.note("event", format!("{event:?}"), "");
    let got = connection.on(event);
    if (got, connection.state()) == (answer, next) {
        return Ok(());
    }
    log.note("expected", told(answer, next), "");
    log.broken(told(got, connection.state()))
}

fn told(answer: Result<Option<Segment>, Illegal>, state: State) -> String {
    match answer {
        Ok(Some(segment)) => format!("{segment:?} is sent, then {state:?}"),
        Ok(None) => format!("nothing is sent, then {state:?}"),
        Err(Illegal) => format!("Illegal, and still {state:?}"),
    }
}

/// The shortest way from CLOSED to a state.
fn way_to(state: State) -> Vec<Step> {
    let (mut way, last) = match state {
        Closed => return vec![],
        Listen => (vec![], (PassiveOpen, None, Listen)),
        SynSent => (vec![], (ActiveOpen, Some(Syn), SynSent)),
        SynReceived => {
            (way_to(Listen), (Receive(Syn), Some(SynAck), SynReceived))
        }
        Established => {
            (way_to(SynSent), (Receive(SynAck), Some(Ack), Established))
        }
        FinWait1 => (way_to(Established), (Close, Some(Fin), FinWait1)),
        FinWait2 => (way_to(FinWait1), (Receive(Ack), None, FinWait2)),
        CloseWait => {
            (way_to(Established), (Receive(Fin), Some(Ack), CloseWait))
        }
        Closing => (way_to(FinWait1), (Receive(Fin), Some(Ack), Closing)),
        LastAck => (way_to(CloseWait), (Close, Some(Fin), LastAck)),
        TimeWait => (way_to(FinWait2), (Receive(Fin), Some(Ack), TimeWait)),
    };
    way.push(last);
    way
}

#[test]
fn a_client_and_a_server_shake_hands() {
    check("04", "The states of a connection")
        .because(
            "The handshake of three segments, as each side sees it: Syn, \
             SynAck, Ack. The client is established when it has got the \
             SynAck, the server when it has got the Ack.",
        )
        .run(|log| {
            let client = [
                (ActiveOpen, Some(Syn), SynSent),
                (Receive(SynAck), Some(Ack), Established),
            ];
            let server = [
                (PassiveOpen, None, Listen),
                (Receive(Syn), Some(SynAck), SynReceived),
                (Receive(Ack), None, Established),
            ];
            follows(log, &client)?;
            follows(log, &server)
        });
}

#[test]
fn both_ends_may_open_at_once() {
    check("04", "The states of a connection")
        .because(
            "Two programs connect to each other at the same moment: each has \
             sent a SYN and gets a SYN, not a SYN-ACK. Both answer, both are \
             in SYN-RECEIVED, and the other's SYN-ACK acknowledges the SYN \
             (RFC 9293, section 3.5). You took it that one side always \
             listens.",
        )
        .run(|log| {
            let either = [
                (ActiveOpen, Some(Syn), SynSent),
                (Receive(Syn), Some(SynAck), SynReceived),
                (Receive(SynAck), None, Established),
            ];
            let late = [
                (PassiveOpen, None, Listen),
                (ActiveOpen, Some(Syn), SynSent),
                (Receive(Syn), Some(SynAck), SynReceived),
                (Receive(Ack), None, Established),
            ];
            follows(log, &either)?;
            follows(log, &late)
        });
}

#[test]
fn who_closes_first_ends_in_time_wait() {
    check("04", "The close, and TIME_WAIT")
        .because(
            "Who closes first waits twice: in FIN-WAIT-1 for the ACK of its \
             FIN, in FIN-WAIT-2 for the FIN of the peer, which may take its \
             time. Then TIME-WAIT, in case the last ACK is lost.",
        )
        .run(|log| {
            let close = [
                (Close, Some(Fin), FinWait1),
                (Receive(Ack), None, FinWait2),
                (Receive(Fin), Some(Ack), TimeWait),
                (Timeout, None, Closed),
            ];
            from(log, Established, &close)
        });
}

#[test]
fn who_closes_second_has_two_states_of_its_own() {
    check("04", "The close, and TIME_WAIT")
        .because(
            "The peer's FIN is acknowledged at once, but this end is not \
             closed by it: the program may go on sending in CLOSE-WAIT until \
             it closes too. There is no TIME-WAIT on this side.",
        )
        .run(|log| {
            let close = [
                (Receive(Fin), Some(Ack), CloseWait),
                (Close, Some(Fin), LastAck),
                (Receive(Ack), None, Closed),
            ];
            from(log, Established, &close)
        });
}

#[test]
fn a_close_may_take_three_segments() {
    check("04", "The close, and TIME_WAIT")
        .because(
            "One segment brought both: the peer's FIN and the ACK of ours. \
             Nothing is left to wait for, so FIN-WAIT-2 and CLOSING are \
             passed by. (RFC 9293, section 3.3.2, note 2.)",
        )
        .run(|log| {
            let close = [
                (Close, Some(Fin), FinWait1),
                (Receive(FinAck), Some(Ack), TimeWait),
                (Timeout, None, Closed),
            ];
            from(log, Established, &close)?;
            from(log, FinWait2, &[(Receive(FinAck), Some(Ack), TimeWait)])
        });
}

#[test]
fn both_ends_may_close_at_once() {
    check("04", "The close, and TIME_WAIT")
        .because(
            "The peer's FIN came before the ACK of ours: it closed at the \
             same moment. Its FIN tells nothing about whether ours has come. \
             That is what CLOSING waits for.",
        )
        .run(|log| {
            let close = [
                (Close, Some(Fin), FinWait1),
                (Receive(Fin), Some(Ack), Closing),
                (Receive(Ack), None, TimeWait),
                (Timeout, None, Closed),
            ];
            from(log, Established, &close)
        });
}

#[test]
fn a_close_may_come_before_the_handshake_is_over() {
    check("04", "The states of a connection")
        .because(
            "In LISTEN and SYN-SENT no peer knows of the connection, and it \
             can be forgotten. In SYN-RECEIVED the peer may be established \
             by now: it has to be told, by a FIN.",
        )
        .run(|log| {
            from(log, Listen, &[(Close, None, Closed)])?;
            from(log, SynSent, &[(Close, None, Closed)])?;
            from(log, SynReceived, &[(Close, Some(Fin), FinWait1)])
        });
}

#[test]
fn a_fin_that_comes_again_is_acknowledged_again() {
    check("04", "The close, and TIME_WAIT")
        .because(
            "A FIN that comes twice means that the ACK of the first was \
             lost. The peer will send it again and again until an ACK \
             arrives, so send one, and stay. Being there to do this is what \
             TIME-WAIT is for.",
        )
        .run(|log| {
            for state in [CloseWait, Closing, LastAck, TimeWait] {
                let again = (Receive(Fin), Some(Ack), state);
                from(log, state, &[again, again])?;
            }
            from(log, TimeWait, &[(Receive(FinAck), Some(Ack), TimeWait)])
        });
}

#[test]
fn a_reset_while_opening_leads_back_to_where_it_began() {
    check("04", "Refused")
        .because(
            "A client whose SYN is answered by a reset is refused: CLOSED. A \
             server goes on waiting for others: LISTEN. In SYN-RECEIVED the \
             state alone doesn't say which of the two you are, so remember \
             which call began it.",
        )
        .run(|log| {
            let reset = |next| (Receive(Rst), None, next);
            from(log, SynSent, &[reset(Closed)])?;
            from(log, Listen, &[reset(Listen)])?;
            let once = [
                (Receive(Syn), Some(SynAck), SynReceived),
                (Receive(Rst), None, Listen),
            ];
            from(log, Listen, &[once, once].concat())?;
            let active = [
                (ActiveOpen, Some(Syn), SynSent),
                (Receive(Syn), Some(SynAck), SynReceived),
                (Receive(Rst), None, Closed),
            ];
            follows(log, &active)?;
            from(log, Listen, &active)
        });
}

#[test]
fn a_reset_ends_an_open_connection() {
    check("04", "Reset")
        .because(
            "A reset ends a connection at once, whatever it was waiting for. \
             A reset is never answered.",
        )
        .run(|log| {
            for state in &STATES[4..] {
                from(log, *state, &[(Receive(Rst), None, Closed)])?;
            }
            Ok(())
        });
}

#[test]
fn closed_answers_by_a_reset() {
    check("04", "Refused")
        .because(
            "Nobody is there, and the peer should know: a RST is what it \
             hears as \"connection refused\". But never answer a RST by a \
             RST, or two closed ends would talk for ever.",
        )
        .run(|log| {
            for segment in SEGMENTS {
                let answer = (segment != Rst).then_some(Rst);
                follows(log, &[(Receive(segment), answer, Closed)])?;
            }
            Ok(())
        });
}

#[test]
fn no_segment_is_illegal() {
    check("04", "The states of a connection")
        .because(
            "Segments come late, twice, or from a stranger who tries what \
             happens. An end that panics or gives up on them can be brought \
             down by anybody. What doesn't fit changes nothing.",
        )
        .run(|log| {
            for state in STATES {
                for segment in SEGMENTS {
                    let mut end = reach(log, state)?;
                    log.note("event", format!("{:?}", Receive(segment)), "");
                    if end.on(Receive(segment)) == Err(Illegal) {
                        log.note("expected", "an answer, or none", "");
                        return log.broken("Illegal");
                    }
                }
            }
            for state in [Established, FinWait2, CloseWait, TimeWait] {
                from(log, state, &[(Receive(Ack), None, state)])?;
            }
            Ok(())
        });
}

#[test]
fn a_call_at_the_wrong_time_is_refused_and_changes_nothing() {
    check("04", "The states of a connection")
        .because(
            "The program asked for what this state has no arrow for: to \
             open what is open, to close what it has closed. It is told so, \
             and the connection goes on as if nothing had been asked. (RFC \
             9293, sections 3.10.1 and 3.10.4.)",
        )
        .run(|log| {
            for (event, allowed) in [
                (PassiveOpen, &[Closed][..]),
                (ActiveOpen, &[Closed, Listen]),
                (
                    Close,
                    &[Listen, SynSent, SynReceived, Established, CloseWait],
                ),
                (Timeout, &[TimeWait]),
            ] {
                let refused = STATES.iter().filter(|s| !allowed.contains(s));
                for state in refused {
                    let mut end = reach(log, *state)?;
                    step(log, &mut end, event, Err(Illegal), *state)?;
                }
            }
            Ok(())
        });
}
