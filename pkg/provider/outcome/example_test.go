package outcome_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// A network whose success is not HTTP 200: its answers have a code. What it says in words may quote the message, so the
// reasons are our own.
func ExampleClassify() {
	judge := func(resp *httpclient.Response) error {
		var answer struct {
			Code  int `json:"code"`
			Pause int `json:"pause"` // seconds
		}
		if json.Unmarshal(resp.Body, &answer) != nil { // a proxy's page: what was the status?
			if err := resp.Err(); err != nil {
				return err
			}
			return outcome.Uncertain(errors.New("an answer that is not the network's"))
		}
		cause := fmt.Errorf("code %d", answer.Code)
		switch answer.Code {
		case 0:
			return nil
		case 7: // final: the agent reads why
			return outcome.Reject(reason.Untranslated("the contact has never written to this number"), cause)
		case 12: // the credential is no good: nothing is sent until it changes
			return outcome.Suspend(reason.Untranslated("the token was withdrawn"), cause)
		case 20: // exactly as told; the network counts by account
			return outcome.Wait(time.Duration(answer.Pause)*time.Second, outcome.Account, cause)
		case 500: // until the message's validity ends
			return outcome.Temporary(reason.Untranslated("the network is out of order"), cause)
		default: // nobody knows the code: for a while, then final
			return outcome.TemporaryFor(15*time.Minute, reason.Untranslated("the network refused the message"), cause)
		}
	}
	for _, body := range []string{`{"code": 0}`, `{"code": 7}`, `{"code": 20, "pause": 30}`, `{"code": 99}`, `<html>`} {
		err := judge(&httpclient.Response{Status: 200, Header: http.Header{}, Body: []byte(body)})
		if f := outcome.Classify(err); f == nil {
			fmt.Println("accepted")
		} else {
			fmt.Println(f.Class == result.Rejected, f.After, f.Reason)
		}
	}
	// Output:
	// accepted
	// true 0s the contact has never written to this number
	// false 30s the network asked to wait 30s
	// false 0s the network refused the message
	// false 0s the network's answer does not say what became of it
}
