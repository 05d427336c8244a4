package dev.headway.distributed;

import java.time.Duration;

/**
 * The settings of a shared throttle.
 *
 * @param store the store that decides
 * @param member the id of this throttle among all members
 * @param wakes the limits that the store wakes
 * @param lease the silence after which a member counts as dead
 * @param timeout how long callers wait for a store that does not answer
 * @param localShare the number of parts of the limits while it does not; 0 if no caller starts then
 */
record SharedSettings(
    Store store,
    String member,
    WakeUpRegistry wakes,
    Duration lease,
    Duration timeout,
    int localShare) {}
