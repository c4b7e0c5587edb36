package pdu

import "fmt"

// Status is what became of a request (5.1.3).
type Status uint32

// Those that mean something here.
const (
	OK                Status = 0x00
	InvalidLength     Status = 0x01
	InvalidCommand    Status = 0x03
	WrongState        Status = 0x04
	AlreadyBound      Status = 0x05
	SystemError       Status = 0x08
	InvalidSource     Status = 0x0a
	InvalidDest       Status = 0x0b
	BindFailed        Status = 0x0d
	InvalidPassword   Status = 0x0e
	InvalidSystemID   Status = 0x0f
	QueueFull         Status = 0x14
	InvalidDestFlag   Status = 0x40
	InvalidESMClass   Status = 0x43
	SubmitFailed      Status = 0x45
	InvalidSourceTON  Status = 0x48
	InvalidSourceNPI  Status = 0x49
	InvalidDestTON    Status = 0x50
	InvalidDestNPI    Status = 0x51
	InvalidSystemType Status = 0x53
	Throttled         Status = 0x58
	TemporaryError    Status = 0x64
	PermanentError    Status = 0x65
	Rejected          Status = 0x66
	Unknown           Status = 0xff
)

// String is the number, as people look it up.
func (s Status) String() string { return fmt.Sprintf("0x%02X", uint32(s)) }
