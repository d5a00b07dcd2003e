// What a handle promises, shown with an object whose freeing is counted. No engine is needed.

package conu

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"conu/internal/native"
)

func countedHandle(freed *atomic.Int32) *handle[native.SwigcptrImage] {
	return newHandle("image", native.SwigcptrImage(1), func(native.SwigcptrImage) { freed.Add(1) })
}

func TestAClosedHandleIsFreedOnceAndRefusesCalls(t *testing.T) {
	var freed atomic.Int32
	h := countedHandle(&freed)
	h.close()
	h.close()
	if freed.Load() != 1 {
		t.Errorf("freed %d times", freed.Load())
	}
	if err := h.use(func(native.SwigcptrImage) error { return nil }); !errors.Is(err, ErrState) {
		t.Errorf("a call on a closed handle gives %v", err)
	}
}

func TestAHandleThatIsClosedDuringCallsIsFreedByTheLast(t *testing.T) {
	var freed atomic.Int32
	h := countedHandle(&freed)
	_ = h.use(func(native.SwigcptrImage) error {
		_ = h.use(func(native.SwigcptrImage) error {
			h.close()
			return nil
		})
		if freed.Load() != 0 {
			t.Error("freed while a call runs")
		}
		return nil
	})
	if freed.Load() != 1 {
		t.Errorf("freed %d times", freed.Load())
	}
}

func TestAHandleThatIsForgottenIsFreedByTheCollector(t *testing.T) {
	var freed atomic.Int32
	countedHandle(&freed)
	for end := time.Now().Add(10 * time.Second); freed.Load() == 0 && time.Now().Before(end); {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if freed.Load() != 1 {
		t.Errorf("freed %d times", freed.Load())
	}
}
