package record

import eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

// Final says that nothing replaces this result of a send.
func Final(r eventv1.Result) bool {
	return r == eventv1.Result_RESULT_SENT || r == eventv1.Result_RESULT_FAILED || r == eventv1.Result_RESULT_EXPIRED
}
