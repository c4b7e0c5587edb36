package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"connectrpc.com/connect"
)

// Inside is a way to the API for what serves people in the same process: it asks as the caller of the context ([With]) is
// allowed to, by the same procedures, bounds and audit as a call from outside. It is an HTTP client for generated clients, and
// may be used by several goroutines.
type Inside struct{ door *Door }

// Inside is a way to the API without a token.
func (d *Door) Inside() *Inside { return &Inside{d} }

// Do implements [connect.HTTPClient]. The answer's body has to be closed; that ends the call.
func (i *Inside) Do(r *http.Request) (*http.Response, error) {
	caller := From(r.Context())
	ctx, cancel := context.WithCancel(r.Context())
	from, to := io.Pipe()
	a := &answer{header: http.Header{}, status: http.StatusOK, begun: make(chan struct{}), body: to}
	ended := make(chan struct{})
	asked := r.Clone(ctx)
	asked.ProtoMajor, asked.ProtoMinor, asked.RequestURI = 1, 1, r.URL.RequestURI()
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	go func() {
		defer close(ended)
		defer cancel()
		a.end(i.serve(a, asked, caller))
	}()
	end := func() {
		cancel()
		_ = from.CloseWithError(context.Canceled)
		<-ended
	}
	select {
	case <-a.begun:
	case <-r.Context().Done():
		end()
		return nil, r.Context().Err()
	}
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, ContentLength: -1, Body: &inner{from, end}, Request: r, Trailer: http.Header{},
	}, nil
}

// serve judges and answers a call.
func (i *Inside) serve(w http.ResponseWriter, r *http.Request, caller Caller) (err error) {
	defer func() {
		_ = r.Body.Close()
		if p := recover(); p != nil {
			err = fmt.Errorf("a procedure ended early: %v", p)
		}
	}()
	p, ok := ProcedureOf(r.URL.Path)
	if !ok {
		i.door.refuse(w, r, connect.NewError(connect.CodeUnimplemented, errors.New("there is no such procedure")))
		return nil
	}
	if err := caller.require(p.Right); err != nil {
		i.door.Note(r, caller, err)
		i.door.refuse(w, r, err)
		return nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, p.Most)
	i.door.let(w, r, p, caller)
	return nil
}

// answer is what a procedure writes to.
type answer struct {
	header, sent http.Header
	status       int
	once         sync.Once
	begun        chan struct{}
	body         *io.PipeWriter
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.begun)
	})
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// Flush implements [http.Flusher]: what is written is there at once.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

func (a *answer) end(err error) {
	a.WriteHeader(http.StatusOK)
	_ = a.body.CloseWithError(err) // io.EOF for nil
}

// inner is an answer's body.
type inner struct {
	io.Reader
	end func()
}

func (b *inner) Close() error {
	b.end()
	return nil
}
