package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// withPhone answers for channels that have none.
func withPhone(w http.ResponseWriter, c *channel) bool {
	if c.phone == nil {
		refuse(w, http.StatusNotFound, "this channel's network is not the phone")
		return false
	}
	return true
}

func (s *Sandbox) phoneList(w http.ResponseWriter, _ *http.Request, c *channel, contact string) {
	if withPhone(w, c) {
		answer(w, http.StatusOK, c.phone.Phone(contact))
	}
}

// phoneWrite types a message on the phone. The query may say who writes: ?name=Ana.
func (s *Sandbox) phoneWrite(w http.ResponseWriter, r *http.Request, c *channel, contact string) {
	if !withPhone(w, c) {
		return
	}
	body, ok := read(w, r, maxMessage)
	if !ok {
		return
	}
	send, err := decode(contact, body)
	if err != nil {
		refuseBreaks(w, err)
		return
	}
	e, err := c.phone.Write(contact, customchannel.CutUTF16(r.URL.Query().Get("name"), customchannel.MaxName), send.Message)
	switch {
	case errors.Is(err, operator.ErrFull):
		refuse(w, http.StatusServiceUnavailable, err.Error())
	case err != nil:
		refuseBreaks(w, err)
	default:
		answer(w, http.StatusOK, e)
	}
}

func (s *Sandbox) phoneRead(w http.ResponseWriter, _ *http.Request, c *channel, contact string) {
	if withPhone(w, c) {
		c.phone.Look(contact)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Sandbox) phoneRecord(w http.ResponseWriter, _ *http.Request, c *channel) {
	record := c.phone.Record()
	if record == nil {
		record = []operator.Accepted{}
	}
	answer(w, http.StatusOK, record)
}

func (s *Sandbox) phoneFaults(w http.ResponseWriter, _ *http.Request, c *channel) {
	answer(w, http.StatusOK, c.phone.Faults())
}

func (s *Sandbox) phoneBreak(w http.ResponseWriter, r *http.Request, c *channel) {
	var f operator.Fault
	if !readJSON(w, r, &f) {
		return
	}
	if err := c.phone.Break(f); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answer(w, http.StatusOK, c.phone.Faults())
}

func (s *Sandbox) phoneMend(w http.ResponseWriter, _ *http.Request, c *channel) {
	c.phone.Mend()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) phoneSwitches(w http.ResponseWriter, _ *http.Request, c *channel) {
	answer(w, http.StatusOK, c.phone.Switches())
}

func (s *Sandbox) phoneSwitch(w http.ResponseWriter, r *http.Request, c *channel) {
	switches := c.phone.Switches() // what is not named stays as it is
	if readJSON(w, r, &switches) {
		c.phone.Switch(switches)
		answer(w, http.StatusOK, switches)
	}
}

func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	body, ok := read(w, r, maxMessage)
	if !ok {
		return false
	}
	if err := json.Unmarshal(body, v); err != nil {
		refuse(w, http.StatusBadRequest, "the body is not JSON as documented")
		return false
	}
	return true
}

// wrap is the body of POST /message around a bare message object, which is left as it is.
func wrap(channelID, contact string, message []byte) []byte {
	head, _ := json.Marshal(map[string]string{"channelId": channelID, "contactId": contact})
	return slices.Concat(head[:len(head)-1], []byte(`,"message":`), message, []byte("}"))
}

// decode reads a bare message object of the contract.
func decode(contact string, message []byte) (*customchannel.Send, error) {
	if !json.Valid(message) {
		return nil, errors.New("message: is not one valid JSON value")
	}
	return customchannel.DecodeSend(wrap("sandbox", contact, message))
}
