package ingress

import (
	"net/http"

	"github.com/bonychat/puente/services/ingress/intake"
)

// bodyStatus and bodyCause are how a body is refused, by why it was not read.
var bodyStatus = map[error]int{
	intake.ErrTooLarge: http.StatusRequestEntityTooLarge,
	intake.ErrTooSlow:  http.StatusRequestTimeout,
	intake.ErrBroken:   http.StatusBadRequest,
	intake.ErrBusy:     http.StatusServiceUnavailable,
}

var bodyCause = map[error]string{
	intake.ErrTooLarge: causeTooLarge,
	intake.ErrTooSlow:  "too_slow",
	intake.ErrBroken:   "broken",
	intake.ErrBusy:     "busy",
}
