package dev.headway.distributed;

import java.time.Duration;

/**
 * How a throttle shares its limits.
 *
 * @param store what decides
 * @param member what tells this throttle from all others that ask it
 * @param wakes the limits that the store wakes
 * @param lease after how much silence a member counts as dead
 * @param timeout how long callers wait for a store that does not answer
 * @param localShare into how many parts the limits are cut while it does not; 0 if nothing starts
 *     then
 */
record SharedSettings(
    Store store,
    String member,
    WakeUpRegistry wakes,
    Duration lease,
    Duration timeout,
    int localShare) {}
