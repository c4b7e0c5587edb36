package vendors

import (
	"bytes"
	"net/http"
)

// Answer keeps an answer back. Its Status is 0 where the connection was ended instead.
type Answer struct {
	http.ResponseWriter
	Status int
	Body   bytes.Buffer
}

// Unwrap lets a connection be ended.
func (l *Answer) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// WriteHeader keeps the status.
func (l *Answer) WriteHeader(status int) { l.Status = status }

// Write keeps the body.
func (l *Answer) Write(b []byte) (int, error) { return l.Body.Write(b) }
