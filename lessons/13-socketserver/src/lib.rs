//! Servers: sequential, threading, forking, pooled.
