// Memory, processors, block devices' rates and limits.
#include "container/options.h"

TEST(amounts_of_memory) {
  CHECK_EQUAL(host("-m 64m --memory-reservation 32m --memory-swap 1g --shm-size 1m --kernel-memory 4m"),
              R"({"Memory":67108864,"MemoryReservation":33554432,"MemorySwap":1073741824,"ShmSize":1048576,)"
              R"("KernelMemory":4194304})");
  CHECK_EQUAL(host("--memory-swap -1 --memory-swappiness 60 --oom-kill-disable --oom-score-adj -5"),
              R"({"MemorySwap":-1,"MemorySwappiness":60,"OomKillDisable":true,"OomScoreAdj":-5})");
  refuses("--memory", {{"x", "is no size"}, {"-1", "is no size"}});
  refuses("--memory-swap", {{"-2", "is no size"}});
  refuses("--memory-swappiness", {{"101", "is not between -1 and 100"}, {"x", "is no whole number"}});
}

TEST(shares_of_processors) {
  CHECK_EQUAL(
      host("--cpus 1.5 -c 512 --cpu-period 1 --cpu-quota -1 --cpuset-cpus 0-1 --cpuset-mems 0"),
      R"({"NanoCpus":1500000000,"CpuShares":512,"CpuPeriod":1,"CpuQuota":-1,"CpusetCpus":"0-1","CpusetMems":"0"})");
  CHECK_EQUAL(host("--cpu-rt-period 1000 --cpu-rt-runtime 500 --pids-limit 9"),
              R"({"CpuRealtimePeriod":1000,"CpuRealtimeRuntime":500,"PidsLimit":9})");
  refuses("--cpus", {{"x", "is no number of processors"}});
  refuses("--pids-limit", {{"many", "is no whole number"}});
}

TEST(rates_of_block_devices) {
  CHECK_EQUAL(
      host("--blkio-weight 300 --blkio-weight-device /dev/a:20 --blkio-weight-device /dev/b:0"),
      R"({"BlkioWeight":300,"BlkioWeightDevice":[{"Path":"/dev/a","Weight":20},{"Path":"/dev/b","Weight":0}]})");
  CHECK_EQUAL(
      host("--device-read-bps /dev/a:1k --device-write-bps /dev/a:2k --device-read-iops /dev/a:3"),
      R"({"BlkioDeviceReadBps":[{"Path":"/dev/a","Rate":1024}],)"
      R"("BlkioDeviceWriteBps":[{"Path":"/dev/a","Rate":2048}],"BlkioDeviceReadIOps":[{"Path":"/dev/a","Rate":3}]})");
  CHECK_EQUAL(host("--device-write-iops /dev/a:4"), R"({"BlkioDeviceWriteIOps":[{"Path":"/dev/a","Rate":4}]})");
  refuses("--blkio-weight", {{"65536", "is not between 0 and 65535"}, {"-1", "is not between"}});
  refuses("--blkio-weight-device", {{"/dev/a:5", "between 10 and 1000"}, {"/dev/a:1001", "is not between 0 and 1000"}});
  refuses("--device-read-bps",
          {{"/dev/a", "is no DEVICE:NUMBER"}, {"a:1", "not below /dev"}, {"/dev/a:x", "is no size"}});
  refuses("--device-write-iops", {{"/dev/a:1k", "is no whole number"}, {"/dev/a:-1", "is not between"}});
}

TEST(limits_are_soft_and_hard) {
  CHECK_EQUAL(host("--ulimit nofile=10:20 --ulimit core=-1 --ulimit nproc=5"),
              R"({"Ulimits":[{"Name":"nofile","Soft":10,"Hard":20},{"Name":"core","Soft":-1,"Hard":-1},)"
              R"({"Name":"nproc","Soft":5,"Hard":5}]})");
  CHECK_EQUAL(host("--ulimit nofile=1 --ulimit nofile=2"), R"({"Ulimits":[{"Name":"nofile","Soft":2,"Hard":2}]})");
  refuses("--ulimit", {{"nofile", "is no NAME=SOFT[:HARD]"},
                       {"nonsense=1", "names no limit"},
                       {"nofile=2:1", "has a soft limit above the hard one"},
                       {"nofile=-1:1", "has a soft limit above the hard one"},
                       {"nofile=1:2:3", "has more than a soft and a hard limit"},
                       {"nofile=", "is no whole number"},
                       {"nofile=-2", "is not between"}});
}

int main() { return check::run_all("run_options_resources"); }
