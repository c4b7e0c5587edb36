package service

import (
	"net"
	"net/http"
	"sync"
)

// crowd is a port that lets so many callers in at once. Where it is full, the caller that has been idle for longest goes,
// so that connections which are kept open for nothing shut nobody out; where none is idle, who comes waits.
type crowd struct {
	net.Listener
	room   chan struct{} // holds one for each caller that is in, and for the one that is awaited
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	idle    map[*caller]uint64 // since which turn
	turn    uint64
	waiting bool // nobody was idle when room was needed: the next who is goes
}

func newCrowd(l net.Listener, most int) *crowd {
	return &crowd{Listener: l, room: make(chan struct{}, most), closed: make(chan struct{}), idle: map[*caller]uint64{}}
}

// Accept implements [net.Listener].
func (c *crowd) Accept() (net.Conn, error) {
	select {
	case c.room <- struct{}{}:
	default:
		c.makeRoom()
		select {
		case c.room <- struct{}{}:
		case <-c.closed:
			return nil, net.ErrClosed
		}
	}
	conn, err := c.Listener.Accept()
	if err != nil {
		<-c.room
		return nil, err
	}
	return &caller{Conn: conn, crowd: c}, nil
}

// Close implements [net.Listener].
func (c *crowd) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// makeRoom sends the one away that has been idle for longest.
func (c *crowd) makeRoom() {
	c.mu.Lock()
	var oldest *caller
	for x, turn := range c.idle {
		if oldest == nil || turn < c.idle[oldest] {
			oldest = x
		}
	}
	c.waiting = oldest == nil
	c.mu.Unlock()
	if oldest != nil {
		_ = oldest.Close()
	}
}

// heed is told by the server what its connections do.
func (c *crowd) heed(conn net.Conn, state http.ConnState) {
	x, ok := conn.(*caller)
	if !ok {
		return
	}
	c.mu.Lock()
	goes := state == http.StateIdle && c.waiting
	if goes {
		c.waiting = false
	} else if state == http.StateIdle {
		c.turn++
		c.idle[x] = c.turn
	} else {
		delete(c.idle, x)
	}
	c.mu.Unlock()
	if goes {
		_ = x.Close()
	}
}

// caller is a connection that is in.
type caller struct {
	net.Conn
	crowd *crowd
	gone  sync.Once
}

// Close implements [net.Conn].
func (x *caller) Close() error {
	err := x.Conn.Close()
	x.gone.Do(func() {
		x.crowd.mu.Lock()
		delete(x.crowd.idle, x)
		x.crowd.mu.Unlock()
		<-x.crowd.room
	})
	return err
}
