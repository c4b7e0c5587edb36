package httpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
)

var errBroken = errors.New("the connection broke, or the answer is not HTTP")

// bare is an error of net/http without what it may quote: the URL, which may hold a token, a header or the answer.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op // names addresses only
	}
	if cert, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return cert // names hosts only
	}
	for _, known := range []error{context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, http.ErrSchemeMismatch} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errBroken
}
