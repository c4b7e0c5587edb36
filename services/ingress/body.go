package ingress

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// What a body can be refused for.
var (
	errTooLarge = errors.New("the body is too large")
	errTooSlow  = errors.New("the body did not arrive in time")
	errBroken   = errors.New("the body could not be read")
)

// readBody reads a bounded body, and takes back what [Ingress.ServeHTTP] did for one that is not read: the connection
// goes on, and however long the answer takes, it is not cut off. The status is that of the refusal.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) (body []byte, status int, err error) {
	if r.ContentLength > limit {
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	}
	body, err = io.ReadAll(http.MaxBytesReader(unwrap(w), r.Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return nil, http.StatusRequestTimeout, errTooSlow
	}
	if err != nil {
		return nil, http.StatusBadRequest, errBroken
	}
	w.Header().Del("Connection")
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return body, 0, nil
}

// unwrap is the server's own writer. Told that the limit was hit, the server lingers after the answer: a connection
// that is closed while the caller still sends may take the answer with it.
func unwrap(w http.ResponseWriter) http.ResponseWriter {
	for {
		outer, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = outer.Unwrap()
	}
}
