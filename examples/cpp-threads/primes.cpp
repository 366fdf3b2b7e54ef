#include <atomic>
#include <cstdint>
#include <exception>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Counts primes in ranges, one thread a range; an error in a thread is carried to the main one and caught there.
namespace {

struct Range {
    std::uint64_t from, to;
};

bool is_prime(std::uint64_t number) {
    if (number < 2) return false;
    for (std::uint64_t divisor = 2; divisor * divisor <= number; divisor++) {
        if (number % divisor == 0) return false;
    }
    return true;
}

std::uint64_t count_primes(const Range &range) {
    if (range.from > range.to) {
        throw std::invalid_argument("range " + std::to_string(range.from) + ".." + std::to_string(range.to));
    }
    std::uint64_t found = 0;
    for (std::uint64_t number = range.from; number < range.to; number++) found += is_prime(number);
    return found;
}

std::uint64_t count_in_threads(const std::vector<Range> &ranges) {
    std::atomic<std::uint64_t> total{0};
    std::exception_ptr failure;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (const Range &range : ranges) {
        threads.emplace_back([&, range] {
            try {
                total += count_primes(range);
            } catch (...) {
                std::lock_guard<std::mutex> lock(mutex);
                failure = std::current_exception();
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
    return total;
}

} // namespace

int main() {
    std::cout << count_in_threads({{0, 25000}, {25000, 50000}, {50000, 75000}, {75000, 100000}}) << " primes" << std::endl;
    try {
        count_in_threads({{0, 10}, {10, 0}});
    } catch (const std::invalid_argument &error) {
        std::cout << "caught: " << error.what() << std::endl;
    }
    return 0;
}
