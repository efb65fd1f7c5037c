//! UDP: datagrams, each by itself.
