package stage

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// standIn is the address of the stand-in, peerAt that of the stand-in's protocol of its own. Nothing listens on them:
// connections are made in memory, so that time in a [Bubble] knows of them.
const standIn, peerAt = "127.0.0.1:4080", "127.0.0.1:4081"

// pipes is a listener in memory.
type pipes struct {
	address     string
	connections chan net.Conn
	closed      chan struct{}
	once        sync.Once
}

func newPipes(address string) *pipes {
	return &pipes{address: address, connections: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements [net.Listener].
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.connections:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements [net.Listener].
func (p *pipes) Addr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(p.address)) }

// dialFunc opens a connection, as [net.Dialer.DialContext] does.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dial connects to the stand-in, and to any other address as the client does by itself. A name leads nowhere: looking one
// up would leave the bubble.
func (s *Server) dial(own dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		if _, err := netip.ParseAddr(host); err != nil {
			return nil, &net.DNSError{Err: "tests look up no names", Name: host, IsNotFound: true}
		}
		to := s.pipes
		switch address {
		case standIn:
		case peerAt:
			to = s.sockets
		default:
			return own(ctx, network, address)
		}
		ours, theirs := net.Pipe()
		select {
		case to.connections <- theirs:
			return ours, nil
		case <-to.closed:
			return nil, &net.OpError{Op: "dial", Net: network, Addr: to.Addr(), Err: syscall.ECONNREFUSED}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
